"""What one can be told of: events by kind. A person chooses by kind how each one reaches them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

# What comments and suggestions say. They have no entry in the trail, so no declared event either.
MENTIONED = "reviews.comment.mentioned"
REPLIED = "reviews.comment.replied"
COMMENTED = "reviews.comment.made"
SUGGESTED = "reviews.suggestion.made"
ACCEPTED = "reviews.suggestion.accepted"
DISMISSED = "reviews.suggestion.dismissed"


class Kind(models.TextChoices):
    REVIEW = "review", _("A review is asked of you, or waits for your release")
    DECISION = "decision", _("Somebody decides on what you wrote or asked for")
    MENTION = "mention", _("Somebody mentions you or your team")
    SUGGESTION = "suggestion", _("Somebody suggests a wording for what you wrote")
    REPLY = "reply", _("Somebody answers in a conversation that you take part in")
    COMMENT = "comment", _("Somebody comments on a review that you asked for")
    DECIDED = "decided", _("Your suggestion is accepted or dismissed")
    RELEASE = "release", _("What you wrote goes live, or is rolled back")
    CALLER = "caller", _("A prompt that your keys fetch is deprecated, moved or archived")
    RULE = "rule", _("A looser rule waits for you, or yours is decided")
    RUN = "run", _("A run of tests that you started is over")
    RATING = "rating", _("Somebody asks you to rate answers, or what you asked for is rated")
    DRIFT = "drift", _("What you own or watch over passes less than it did with the same model")
    ALARM = "alarm", _("An alarm rings that you set, or where you may roll back")
    EXPERIMENT = "experiment", _("An experiment that you started has something to say")
    ACCESS = "access", _("Somebody asks you for access, or answers when you asked")


@dataclass(frozen=True)
class Way:
    """How a kind reaches a person: in the inbox or not; `email` is a value of NoticeChoice.Email"""

    inbox: bool = True
    email: str = "digest"


ALARM = Way(True, "now")
AT_ONCE = {Kind.REVIEW, Kind.MENTION, Kind.SUGGESTION, Kind.DRIFT, Kind.ALARM}
DEFAULTS = {kind: Way(True, "now" if kind in AT_ONCE else "digest") for kind in Kind}

KIND_OF = {
    "reviews.review.requested": Kind.REVIEW,
    "reviews.review.changes_requested": Kind.DECISION,
    "reviews.review.approved": Kind.DECISION,
    "releases.release.made": Kind.RELEASE,
    "releases.release.rolled_back": Kind.RELEASE,
    "releases.release.glass_broken": Kind.RELEASE,
    "releases.follow_up.closed": Kind.RELEASE,
    "releases.follow_up.overdue": Kind.RELEASE,
    "releases.schedule.refused": Kind.RELEASE,
    "releases.waiver.proposed": Kind.REVIEW,
    "prompts.prompt.deprecated": Kind.CALLER,
    "prompts.prompt.moved": Kind.CALLER,
    "prompts.prompt.archived": Kind.CALLER,
    "environments.change.proposed": Kind.RULE,
    "environments.change.approved": Kind.RULE,
    "environments.change.refused": Kind.RULE,
    "evaluations.run.finished": Kind.RUN,
    "evaluations.update.finished": Kind.RUN,
    "evaluations.ratings.asked": Kind.RATING,
    "evaluations.ratings.done": Kind.RATING,
    "evaluations.drift.found": Kind.DRIFT,
    "analytics.alarm.rang": Kind.ALARM,
    "experiments.experiment.spoken": Kind.EXPERIMENT,
    "experiments.experiment.interrupted": Kind.EXPERIMENT,
    "experiments.shadow.ended": Kind.EXPERIMENT,
    "experiments.shadow.paused": Kind.EXPERIMENT,
    "experiments.rollout.harmed": Kind.RELEASE,
    "experiments.rollout.paused": Kind.RELEASE,
    "teams.access.requested": Kind.ACCESS,
    "teams.access.granted": Kind.ACCESS,
    "teams.access.declined": Kind.ACCESS,
    MENTIONED: Kind.MENTION,
    REPLIED: Kind.REPLY,
    COMMENTED: Kind.COMMENT,
    SUGGESTED: Kind.SUGGESTION,
    ACCEPTED: Kind.DECIDED,
    DISMISSED: Kind.DECIDED,
}


def kind_of(event: str, *, to_act: bool) -> Kind:
    """An approval that waits for one's release asks for something, as a review does."""
    if event == "reviews.review.approved" and to_act:
        return Kind.REVIEW
    return KIND_OF[event]
