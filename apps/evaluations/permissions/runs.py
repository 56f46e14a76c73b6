"""Who may run a suite, and what may be done with a run."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import SYSTEM, Actor
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.evaluations.models import Run, Suite
from apps.evaluations.permissions.suites import can_freeze_suite
from apps.evaluations.queries.suites import serves
from apps.evaluations.states import RunState
from apps.prompts.models import Prompt
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_view_run(actor: Actor | None, run: Run) -> Verdict:
    """Its suite, and the prompt that it tested."""
    seen = can(actor, Capability.VIEW, run)
    return can(actor, Capability.VIEW, run.prompt) if seen else seen


def can_start_run(actor: Actor | None, suite: Suite, prompt: Prompt) -> Verdict:
    """Runs cost money: it takes the right to edit the suite. A rule that asks for it is SYSTEM."""
    allowed = ALLOW if actor is SYSTEM else can(actor, Capability.EDIT, suite)
    if allowed and actor is not SYSTEM:
        allowed = can(actor, Capability.VIEW, prompt)
    allowed = allowed and can_freeze_suite(actor, suite)
    if allowed and not serves(suite, prompt):
        words = _("“%(suite)s” serves the prompts of %(place)s and below. Choose one of them.")
        return not_possible(
            "not_served", words % {"suite": suite, "place": suite.namespace or _("all folders")}
        )
    return allowed


def can_cancel_run(actor: Actor | None, run: Run) -> Verdict:
    allowed = can(actor, Capability.EDIT, run)
    if allowed and not run.is_under_way:
        return not_possible("run_finished", _("This run has finished already."))
    return allowed


def can_rerun_failed(actor: Actor | None, run: Run) -> Verdict:
    allowed = can(actor, Capability.EDIT, run)
    if allowed and run.state not in (RunState.PARTIAL, RunState.FAILED, RunState.CANCELLED):
        words = _("There is nothing to run again: every case of this run has an answer.")
        if run.is_under_way:
            words = _("This run is still under way.")
        return not_possible("nothing_to_run", words)
    return allowed
