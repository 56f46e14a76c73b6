"""What a shadow takes: the right to read calls, and the right to spend. No approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.analytics.permissions import can_read_calls
from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.delivery.models import KeepingRule
from apps.environments.models import Environment
from apps.evaluations.models import Suite
from apps.evaluations.permissions import can_make_suite, can_start_run
from apps.experiments.models import Shadow
from apps.experiments.states import ShadowState
from apps.llm.prices import money
from apps.prompts.models import Prompt, Version
from apps.prompts.states import Lifecycle
from apps.teams.models import Capability, Team
from apps.teams.permissions import can


def can_start_shadow(actor: Actor | None, suite: Suite, prompt: Prompt) -> Verdict:
    """No customer sees its answers, so it takes no approval and no right to release: it takes the
    right to read single calls, and that to run the suite, which is the one to spend."""
    verdict = can_make_shadow(actor, prompt)
    verdict = verdict and can_start_run(actor, suite, prompt)
    return verdict and is_in_use(prompt)


def can_make_shadow(actor: Actor | None, prompt: Prompt) -> Verdict:
    verdict = can_read_calls(actor, prompt.namespace)
    return verdict and can_make_suite(actor, prompt.namespace)


def can_change_shadow(actor: Actor | None, shadow: Shadow, *states: str) -> Verdict:
    """Pause it, let it go on, stop it: whoever may start one, and whoever started it."""
    mine = actor is not None and actor.audit_id == shadow.made_by.audit_id
    verdict = can(actor, Capability.VIEW, shadow.prompt)
    if verdict and not mine:
        verdict = can_make_shadow(actor, shadow.prompt)
    return verdict and is_shadow_in(shadow, *states)


def is_shadow_in(shadow: Shadow, *states: str) -> Verdict:
    if shadow.state in (states or (ShadowState.RUNNING, ShadowState.PAUSED)):
        return ALLOW
    words = _("The shadow is “%(state)s” now. Look again.")
    return not_possible("shadow_moved", words % {"state": shadow.get_state_display()})


def is_over(shadow: Shadow, finished: int, now: datetime) -> Verdict:
    if finished >= shadow.most or now >= shadow.until:
        return ALLOW
    return not_possible("goes_on", _("This shadow goes on."))


def no_other_shadow(other: Shadow | None) -> Verdict:
    if other is None:
        return ALLOW
    words = _("%(version)s answers in the shadow there already. Stop that one first.")
    return not_possible("shadowed_already", words % {"version": other.version})


def is_candidate(version: Version, live: Version | None, place: Environment) -> Verdict:
    """What is live for everybody answers these calls already."""
    if live is None or live.pk != version.pk:
        return ALLOW
    words = _("%(version)s is what is live in %(place)s. Choose another version.")
    return not_possible("is_live", words % {"version": version, "place": place})


def keeps_values(rule: KeepingRule | None) -> Verdict:
    if rule is not None and rule.keep_values:
        return ALLOW
    words = _("Nothing is kept of what these calls say, so there is nothing to answer.")
    return not_possible("nothing_kept", words)


def can_judge(checks: Sequence[Mapping[str, Any]], suite: Suite) -> Verdict:
    if checks:
        return ALLOW
    words = _(
        "No check of “%(suite)s” can judge an answer without knowing the expected one. Add one "
        "that can, such as a question to a model."
    )
    return not_possible("no_check_alone", words % {"suite": suite})


def is_affordable(cost: Decimal | None, left: Decimal | None, team: Team | None) -> Verdict:
    """Only where somebody set a budget."""
    if left is None:
        return ALLOW
    if cost is None:
        words = _("The price of a model is not known, so the budget cannot be kept.")
        return not_possible("price_unknown", words)
    if cost <= left:
        return ALLOW
    words = _("This may cost %(cost)s, and the team %(team)s has %(left)s left this month.")
    numbers = {"cost": money(cost), "team": team, "left": money(left)}
    return not_possible("over_budget", words % numbers)


def is_in_use(prompt: Prompt) -> Verdict:
    if prompt.lifecycle == Lifecycle.ARCHIVED:
        return not_possible("archived", _("This prompt is archived. Restore it first."))
    return ALLOW
