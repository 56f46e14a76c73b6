from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from apps.core.actors import Actor
from apps.core.clock import database_now
from apps.environments.models import Deployment, Environment
from apps.experiments.models import RolloutPlan
from apps.experiments.states import PlanState
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts

STANDING = (PlanState.RUNNING, PlanState.PAUSED)
SHOWN = ("prompt__namespace", "environment", "version", "made_by")


def plan_of(prompt: Prompt, environment: Environment) -> RolloutPlan | None:
    """The plan by which the rollout there goes on, if it has one."""
    rows = RolloutPlan.objects.filter(prompt=prompt, environment=environment, state__in=STANDING)
    return rows.select_related(*SHOWN).first()


def plans_of(prompts: Iterable[Prompt]) -> dict[tuple[int, int], RolloutPlan]:
    """(prompt, environment) → the last plan there, standing or not. One query."""
    rows = RolloutPlan.objects.filter(prompt__in=list(prompts)).select_related(*SHOWN)
    rows = rows.order_by("prompt_id", "environment_id", "-pk").distinct(
        "prompt_id", "environment_id"
    )
    return {(row.prompt_id, row.environment_id): row for row in rows}


def standing_plans() -> list[RolloutPlan]:
    rows = RolloutPlan.objects.filter(state__in=STANDING).select_related(*SHOWN)
    return list(rows.order_by("pk"))


def last_plan(plan: RolloutPlan | None, live: Deployment | None) -> RolloutPlan | None:
    """The plan that is worth showing: of the rollout that runs, or that was rolled back."""
    if plan is None or live is None:
        return None
    release = live.release
    if release.split and release.split["id"] == plan.split_id:
        return plan
    back = plan.state == PlanState.ROLLED_BACK and release.replaced
    went = back and back.split and back.split["id"] == plan.split_id
    return plan if went else None


def harmed_plans(actor: Actor) -> list[RolloutPlan]:
    """Those that saw harm and wait for somebody to look, on prompts that the actor may see."""
    rows = RolloutPlan.objects.filter(prompt__in=visible_prompts(actor), told=True)
    waiting = rows.filter(state__in=STANDING) | rows.filter(
        state=PlanState.ROLLED_BACK, made_at__gt=database_now() - timedelta(days=7)
    )
    return list(waiting.select_related(*SHOWN).order_by("-pk")[:10])
