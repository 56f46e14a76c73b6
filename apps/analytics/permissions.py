from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from apps.analytics.alarm_words import beyond
from apps.analytics.models import Alarm, LiveCheck
from apps.analytics.states import ALARM, LIVE, AlarmState, LiveState
from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.evaluations.models import Suite
from apps.evaluations.permissions import can_change_suite, can_start_run, can_view_suite
from apps.evaluations.queries.documents import checks_alone
from apps.evaluations.queries.suites import serves
from apps.prompts.models import Prompt
from apps.prompts.permissions import can_edit_prompt
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


def can_set_alarm(actor: Actor | None, namespace: Namespace) -> Verdict:
    """Whoever takes part there; every act on an alarm is in the audit trail."""
    return can(actor, Capability.COMMENT, namespace)


def can_read_calls(actor: Actor | None, namespace: Namespace) -> Verdict:
    """Single calls may hold what customers wrote: for whoever takes part, not for viewers."""
    return can(actor, Capability.COMMENT, namespace)


def can_replay_calls(actor: Actor | None, suite: Suite, prompt: Prompt) -> Verdict:
    """What it takes to read the calls, to add them to the suite, and to run it."""
    verdict = can_read_calls(actor, prompt.namespace)
    verdict = verdict and can_change_suite(actor, suite)
    return verdict and can_start_run(actor, suite, prompt)


def can_change_alarm(actor: Actor | None, alarm: Alarm, to: str) -> Verdict:
    """Pause it, set it again, take it away."""
    return can_set_alarm(actor, alarm.namespace) and _still(alarm, to)


def can_see_to_alarm(actor: Actor | None, alarm: Alarm) -> Verdict:
    """Say that one looks after it: while it rings, and nobody does yet."""
    verdict = can_set_alarm(actor, alarm.namespace)
    if verdict and alarm.state != AlarmState.RINGING:
        return not_possible("alarm_quiet", _("This alarm does not ring any more."))
    if verdict and alarm.seen_by is not None:
        words = _("%(who)s sees to it already.") % {"who": alarm.seen_by}
        return not_possible("alarm_seen", words)
    return verdict


def can_ring(actor: Any, alarm: Alarm, value: float, to: str) -> Verdict:
    """By the system, when the measure is on the other side of the bound."""
    if actor.kind != "system":
        return not_allowed("alarm_rings_itself", _("An alarm rings by itself."))
    if beyond(alarm, value) != (to == AlarmState.RINGING):
        return not_possible("alarm_inside", _("The measure is on this side of the bound."))
    return _still(alarm, to)


def not_there_yet(found: Alarm | None) -> Verdict:
    if found is None:
        return ALLOW
    words = _("There is an alarm for this already. Take that one away first, or change its hours.")
    return not_possible("alarm_there", words)


def _still(alarm: Alarm, to: str) -> Verdict:
    if to in ALARM.get(AlarmState(alarm.state), set()):
        return ALLOW
    words = _("This cannot be done now: the alarm says “%(state)s”.")
    return not_possible("alarm_state", words % {"state": alarm.get_state_display()})


def can_set_live_check(actor: Actor | None, prompt: Prompt) -> Verdict:
    """It costs money and says what is good: for whoever may edit the prompt."""
    allowed = can_edit_prompt(actor, prompt)
    if allowed and settings.GALLEY_CALLS_ENGINE != "postgres":
        words = _("Calls are kept in the columnar engine here, whose answers are not sampled.")
        return not_possible("columnar", words)
    return allowed


def can_use_suite_live(actor: Actor | None, suite: Suite, prompt: Prompt) -> Verdict:
    """It serves the prompt, is in use, and a check of it needs neither a case nor a person."""
    seen = can_view_suite(actor, suite)
    if not seen:
        return seen
    if suite.is_archived or not serves(suite, prompt):
        words = _("“%(suite)s” is not in use for this prompt. Choose another suite.")
        return not_possible("suite_elsewhere", words % {"suite": suite})
    if not checks_alone(suite):
        words = _(
            "Every check of “%(suite)s” needs an expected answer or a person, so none of them can"
            " judge a live answer. Add one that can, such as a pattern or a model that judges."
        )
        return not_possible("no_live_check", words % {"suite": suite})
    return ALLOW


def can_switch_live_check(actor: Actor | None, live: LiveCheck, to: str) -> Verdict:
    allowed = can_set_live_check(actor, live.prompt)
    if allowed and to not in LIVE[LiveState(live.state)]:
        words = _("This was done already: it says “%(state)s”.")
        return not_possible("live_state", words % {"state": live.get_state_display()})
    return allowed
