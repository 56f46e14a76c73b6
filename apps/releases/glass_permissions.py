from __future__ import annotations

import datetime as dt
import time

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.origin import Origin
from apps.core.verdicts import ALLOW, Refusal, Verdict, not_allowed, not_possible
from apps.environments.models import Environment
from apps.prompts.models import Prompt
from apps.releases.models import FollowUp
from apps.releases.states import FollowUpState
from apps.teams.models import Capability
from apps.teams.permissions import can

CONFIRMED_FOR = 600.0  # seconds
CLOCK_LEEWAY = 60.0  # of a sign-in that seems to be still to come: the clock was set back
SHORTEST_REASON = 20  # characters
FOLLOW_UP_WITHIN = dt.timedelta(hours=72)


def can_break_glass(actor: Actor | None, prompt: Prompt, environment: Environment) -> Verdict:
    """The right of its own, which no role has, and only for people."""
    verdict = can(actor, Capability.BREAK_GLASS, prompt, environment)
    if verdict and actor is not None and actor.kind != "person":
        return not_allowed(
            "people_only", _("Only a person breaks the glass, under their own name.")
        )
    return verdict


def confirmed_recently(origin: Origin) -> Verdict:
    """They proved who they are within the last ten minutes: a page left open is not enough."""
    if -CLOCK_LEEWAY <= time.time() - origin.confirmed_at() <= CONFIRMED_FOR:
        return ALLOW
    return not_possible(
        "confirm_first", _("Confirm that it is you first: this needs a sign-in of this moment.")
    )


def reason_fault(reason: str) -> str:
    """A sentence that says what is missing of the reason, "" when nothing is."""
    if len(reason.strip()) >= SHORTEST_REASON:
        return ""
    return _("Say what is wrong and why it cannot wait, in %(n)s characters or more.") % {
        "n": SHORTEST_REASON
    }


def can_tell_overdue(actor: Actor, follow_up: FollowUp, now: dt.datetime) -> Verdict:
    """By the system, once, after its time, while nobody has looked."""
    if actor.kind != "system":
        return not_allowed("system_only", _("Galley tells of this by itself."))
    late = follow_up.state == FollowUpState.OPEN and follow_up.due_at < now
    if late and follow_up.overdue_told_at is None:
        return ALLOW
    return not_possible("not_overdue", _("It is not overdue, or everybody was told already."))


def can_close_follow_up(actor: Actor | None, follow_up: FollowUp) -> Verdict:
    """Anybody with `review` or `manage` there, but whoever broke the glass."""
    release = follow_up.release
    verdict = can(actor, Capability.REVIEW, release.prompt, release.environment)
    verdict = verdict or can(actor, Capability.MANAGE, release.prompt, release.environment)
    seen = verdict.refusal is not Refusal.NOT_VISIBLE
    mine = actor and release.made_by and actor.audit_id == release.made_by.audit_id
    if mine and seen:  # no right would help them
        return not_allowed("own_glass", _("You broke the glass: somebody else looks at it."))
    if not verdict:
        return verdict
    if follow_up.state != FollowUpState.OPEN:
        return not_possible("closed_already", _("This is closed already."))
    return ALLOW
