"""What an inbox item says, event by event."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.notifications.kinds import ACCEPTED, COMMENTED, DISMISSED, MENTIONED, REPLIED, SUGGESTED

# Event → (sentence for who has to act, sentence for who wants to know, mark: icon and tone).
SENTENCES = {
    "reviews.review.requested": (
        _("%(who)s asks you to review %(prompt)s %(version)s for %(environment)s"),
        _("%(who)s asked for a review of %(prompt)s %(version)s for %(environment)s"),
    ),
    "reviews.review.changes_requested": (
        _("%(who)s asks you for changes to %(prompt)s %(version)s"),
        _("%(who)s asked for changes to %(prompt)s %(version)s"),
    ),
    "reviews.review.approved": (
        _("%(prompt)s %(version)s is approved for %(environment)s and waits for its release"),
        _("%(who)s approved %(prompt)s %(version)s for %(environment)s"),
    ),
    "releases.release.made": (
        _("%(prompt)s %(version)s is live in %(environment)s"),
        _("%(prompt)s %(version)s is live in %(environment)s"),
    ),
    "releases.release.rolled_back": (
        _("%(who)s rolled %(prompt)s back to %(version)s in %(environment)s"),
        _("%(who)s rolled %(prompt)s back to %(version)s in %(environment)s"),
    ),
    "releases.release.glass_broken": (
        _("%(who)s broke the glass: look at %(prompt)s %(version)s in %(environment)s"),
        _("%(who)s broke the glass: %(prompt)s %(version)s is live in %(environment)s"),
    ),
    "releases.follow_up.closed": (
        _("%(who)s looked at your broken glass of %(prompt)s %(version)s in %(environment)s"),
    )
    * 2,
    "releases.follow_up.overdue": (
        _("Overdue: nobody has looked at the broken glass of %(prompt)s %(version)s in time"),
    )
    * 2,
    "releases.waiver.proposed": (
        _("%(who)s asks you to confirm a waiver for %(prompt)s %(version)s in %(environment)s"),
    )
    * 2,
    "releases.schedule.refused": (
        _("%(prompt)s %(version)s did not go live in %(environment)s as planned"),
    )
    * 2,
    "prompts.prompt.deprecated": (_("%(who)s deprecated %(prompt)s%(ending)s"),) * 2,
    "prompts.prompt.moved": (_("%(who)s moved %(prompt)s%(moving)s"),) * 2,
    "prompts.prompt.archived": (_("%(who)s archived %(prompt)s"),) * 2,
    "environments.change.proposed": (
        _("%(who)s proposes a looser rule of %(environment)s: it waits for you"),
    )
    * 2,
    "environments.change.approved": (_("%(who)s approved your looser rule of %(environment)s"),)
    * 2,
    "environments.change.refused": (_("%(who)s refused your looser rule of %(environment)s"),) * 2,
    "evaluations.run.finished": (_("The tests of %(prompt)s %(version)s are over: read what came"),)
    * 2,
    "evaluations.drift.found": (
        _("%(prompt)s %(version)s passes fewer tests than it did with the same model"),
    )
    * 2,
    "evaluations.update.finished": (_("%(what)s is tested: read what changes"),) * 2,
    "evaluations.ratings.asked": (_("%(who)s asks you to rate answers of %(prompt)s %(version)s"),)
    * 2,
    "evaluations.ratings.done": (
        _("Every answer of %(prompt)s %(version)s that you asked for is rated"),
    )
    * 2,
    "analytics.alarm.rang": (_("%(prompt)s in %(environment)s: %(alarm)s"),) * 2,
    "experiments.experiment.spoken": (_("An experiment on %(prompt)s has something to say"),) * 2,
    "experiments.experiment.interrupted": (
        _("An experiment on %(prompt)s ended: something else went live in %(environment)s"),
    )
    * 2,
    "experiments.shadow.ended": (
        _("The shadow of %(prompt)s %(version)s is over: read what came of it"),
    )
    * 2,
    "experiments.shadow.paused": (_("The shadow of %(prompt)s %(version)s is paused: read why"),)
    * 2,
    "experiments.rollout.harmed": (
        _("The rollout of %(prompt)s %(version)s in %(environment)s does harm: look at it"),
        _("The rollout of %(prompt)s %(version)s in %(environment)s does harm"),
    ),
    "experiments.rollout.paused": (
        _("The rollout of %(prompt)s %(version)s in %(environment)s is paused"),
    )
    * 2,
    "teams.access.requested": (_("%(who)s asks you for %(right)s on %(place)s"),) * 2,
    "teams.access.granted": (_("%(who)s gave you %(right)s on %(place)s"),) * 2,
    "teams.access.declined": (_("%(who)s declined your request for %(right)s on %(place)s"),) * 2,
    MENTIONED: (_("%(who)s mentions you on %(prompt)s"),) * 2,
    REPLIED: (_("%(who)s answered in a conversation on %(prompt)s"),) * 2,
    COMMENTED: (_("%(who)s commented on %(prompt)s"),) * 2,
    SUGGESTED: (_("%(who)s suggests a wording for %(prompt)s"),) * 2,
    ACCEPTED: (_("%(who)s accepted your wording for %(prompt)s"),) * 2,
    DISMISSED: (_("%(who)s dismissed your wording for %(prompt)s"),) * 2,
}


def sentence(event: str, *, to_act: bool, **names: str) -> str:
    """The sentence with its names; an event of a later issue is shown as its code."""
    texts = SENTENCES.get(event)
    return str(texts[0 if to_act else 1]) % names if texts else event
