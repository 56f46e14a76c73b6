"""What a planned rollout does by itself: its next step, or the answer to harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.errors import require
from apps.core.live import touch
from apps.core.states import move
from apps.core.verdicts import Verdict, not_possible
from apps.environments.queries import live_release
from apps.experiments.entries import plan_entry
from apps.experiments.events import HARMED, MOVED, PAUSED
from apps.experiments.locks import lock_plan
from apps.experiments.models import RolloutPlan
from apps.experiments.permissions import stands, system_only
from apps.experiments.states import PLAN, OnHarm, PlanState
from apps.releases.actions import retreat, step_as_planned
from apps.releases.assignment import WHOLE


@governed
def take_next_step(
    plan: RolloutPlan,
    *,
    share: int,
    expects: int,
    evidence: Mapping[str, Any],
    actor: Actor = SYSTEM,
) -> RolloutPlan:
    """Give the new version its next share, on behalf of whoever planned it."""
    plan = lock_plan(plan)
    require(system_only(actor))
    require(stands(plan, PlanState.RUNNING))
    release = step_as_planned(
        plan.prompt,
        environment=plan.environment,
        share=share,
        expects=expects,
        reason=_("The next step of the plan"),
        planner=plan.made_by,
        evidence=evidence,
        actor=actor,
    )
    if share == WHOLE:
        move(plan, "state", PlanState.DONE, PLAN)
    told: dict[str, Any] = {"share": share, "evidence": dict(evidence), "release": release.pk}
    record(MOVED, **plan_entry(plan, actor), **told, on_behalf=[plan.made_by])
    return plan


@governed
def answer_harm(
    plan: RolloutPlan,
    *,
    words: str,
    expects: int,
    evidence: Mapping[str, Any],
    pause: bool = False,
    actor: Actor = SYSTEM,
) -> RolloutPlan:
    """Do what the plan says about harm, and keep what the guards saw. `pause`: a roll back was
    refused, so the least that can be done."""
    plan = lock_plan(plan)
    require(system_only(actor))
    require(_is_news(plan))
    done = OnHarm.PAUSE if pause and plan.on_harm == OnHarm.ROLL_BACK else plan.on_harm
    live = live_release(plan.prompt, plan.environment)
    share, release = live.share if live else None, None
    if done == OnHarm.ROLL_BACK:
        release = retreat(
            plan.prompt,
            environment=plan.environment,
            expects=expects,
            reason=words,
            planner=plan.made_by,
            evidence=evidence,
            actor=actor,
        ).pk
    plan.evidence, plan.words, plan.told = dict(evidence), words, True
    plan.save(update_fields=["evidence", "words", "told"])
    if done != OnHarm.NOTIFY:
        state = PlanState.ROLLED_BACK if done == OnHarm.ROLL_BACK else PlanState.PAUSED
        move(plan, "state", state, PLAN)
    touch("prompt", plan.prompt_id)
    told: dict[str, Any] = {"share": share, "release": release, "done": str(done)}
    told["evidence"] = dict(evidence)
    record(HARMED, **plan_entry(plan, actor, words), **told, on_behalf=[plan.made_by])
    return plan


@governed
def hold_plan(plan: RolloutPlan, *, words: str, actor: Actor = SYSTEM) -> RolloutPlan:
    """Its next step was refused: it waits for a person, and says why."""
    plan = lock_plan(plan)
    require(system_only(actor))
    require(stands(plan, PlanState.RUNNING))
    plan.words = words
    plan.save(update_fields=["words"])
    move(plan, "state", PlanState.PAUSED, PLAN)
    touch("prompt", plan.prompt_id)
    record(PAUSED, **plan_entry(plan, actor, words), on_behalf=[plan.made_by])
    return plan


def _is_news(plan: RolloutPlan) -> Verdict:
    """Harm is told once, and answered once: a person who lets it go on has seen it."""
    verdict = stands(plan, PlanState.RUNNING)
    if verdict and plan.told:
        return not_possible("told_already", _("This harm was told already."))
    return verdict
