"""Without a person: rollouts that have a plan, experiments that have something to say."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.utils.translation import gettext as _

from apps.core.clock import database_now
from apps.core.errors import NotPossible, Refused
from apps.environments.queries import live_release
from apps.experiments.models import Experiment, RolloutPlan
from apps.experiments.queries import running_experiments, standing_of, standing_plans
from apps.experiments.queries.watch import Watch, watch
from apps.experiments.states import OnHarm, PlanState

log = logging.getLogger("galley.experiments")
Row = TypeVar("Row", Experiment, RolloutPlan)
MOVED = ("plan_moved", "stale_release", "told_already", "goes_on", "not_running")


def look() -> int:
    """Look at every planned rollout and every running experiment once."""
    return _each(standing_plans(), look_at_plan) + _each(running_experiments(), look_at_experiment)


def _each(rows: Iterable[Row], act: Callable[[Row], int]) -> int:
    """One that fails does not hold back the others; it is looked at again."""
    done = 0
    for row in rows:
        try:
            done += act(row)
        except Refused as refusal:
            if refusal.code not in MOVED:
                log.info("%s %s: %s", type(row).__name__, row.pk, refusal.code)
        except Exception:
            log.exception("%s %s could not be looked at", type(row).__name__, row.pk)
    return done


def look_at_plan(plan: RolloutPlan) -> int:
    """Answer harm, or take the step that is due; how many things were done."""
    from apps.experiments.actions import close_plan, hold_plan, take_next_step

    live = live_release(plan.prompt, plan.environment)
    if live is None or not live.split or live.split["id"] != plan.split_id:
        close_plan(plan)
        return 1
    if plan.state != PlanState.RUNNING:
        return 0
    seen = watch(plan, live)
    if seen.harm and not plan.told:
        _answer(plan, seen)
        return 1
    share = seen.due(database_now())
    if share is None:
        return 0
    try:
        take_next_step(plan, share=share, expects=live.pk, evidence=seen.evidence)
    except Refused as refusal:
        if refusal.code in MOVED:
            raise
        hold_plan(plan, words=refusal.verdict.sentence)
    return 1


def _answer(plan: RolloutPlan, seen: Watch) -> None:
    from apps.experiments.actions import answer_harm

    told = {"words": seen.harm, "expects": seen.release.pk, "evidence": seen.evidence}
    try:
        answer_harm(plan, **told)
    except NotPossible as refusal:
        if refusal.code in MOVED or plan.on_harm != OnHarm.ROLL_BACK:
            raise
        log.warning("the roll back of plan %s was refused: %s", plan.pk, refusal.code)
        answer_harm(plan, **told, pause=True)


def look_at_experiment(experiment: Experiment) -> int:
    """End what something else replaced; tell, once, what is clear now."""
    from apps.experiments.actions import interrupt_experiment, tell_finding

    live = live_release(experiment.prompt, experiment.environment)
    if live is None or not live.split or live.split["id"] != experiment.split_id:
        interrupt_experiment(experiment)
        return 1
    finding, words = news_of(experiment)
    if not finding or finding == experiment.told:
        return 0
    tell_finding(experiment, finding=finding, words=words)
    return 1


def news_of(experiment: Experiment) -> tuple[str, str]:
    """What of it somebody has to know: in one word, and in a sentence."""
    now = standing_of(experiment)
    if now.ratio_off:
        return "ratio", now.verdict
    if any(arm.broken for arm in now.arms):
        return "guard", _("A guard is broken: a version is worse than was allowed.")
    if now.decided:
        return now.found, now.verdict
    if now.over:
        return "over", _("Its days are over. %(verdict)s") % {"verdict": now.verdict}
    return "", ""
