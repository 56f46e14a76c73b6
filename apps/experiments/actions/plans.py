"""How a rollout goes on by itself: planned, paused, resumed and ended by people."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.experiments.entries import plan_denied, plan_entry
from apps.experiments.events import CLOSED, ENDED, PAUSED, PLANNED, RESUMED
from apps.experiments.locks import lock_plan
from apps.experiments.metrics import Guard
from apps.experiments.models import RolloutPlan
from apps.experiments.permissions import (
    can_change_plan,
    can_plan_rollout,
    is_overtaken,
    stands,
    system_only,
)
from apps.experiments.queries import plan_of
from apps.experiments.states import PLAN, Hold, OnHarm, PlanState
from apps.prompts.models import Prompt, Version
from apps.releases.actions import release_version
from apps.releases.assignment import WHOLE
from apps.releases.denied import denied
from apps.releases.permissions import can_step, still_live
from apps.reviews.models import Review

MOST_STEPS = 20
LONGEST_HOLD = 24 * 31  # hours
LARGEST_SAMPLE = 10_000_000


@governed
def guard_rollout(
    prompt: Prompt,
    *,
    environment: Environment,
    expects: int | None,
    steps: Sequence[int],
    hold: Hold,
    amount: int | None,
    guards: Sequence[Guard],
    on_harm: OnHarm,
    actor: User,
) -> RolloutPlan:
    """Let a running rollout take its next steps by itself, and say what stops it."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    live = live_release(prompt, environment)
    refusal = denied(PLANNED, live.version, environment) if live else None
    require(can_plan_rollout(actor, prompt, environment, plan_of(prompt, environment)), refusal)
    require(still_live(live, expects, environment), refusal)
    require(can_step(live, environment), refusal)
    assert live is not None and live.split
    if wrong := _wrong(steps, live.share, hold, amount, guards):
        raise Invalid(wrong)
    plan = _made(live, steps, hold, amount, guards, on_harm, actor)
    record(PLANNED, **plan_entry(plan, actor), share=live.share, **_told(plan))
    return plan


@governed
def release_by_itself(
    prompt: Prompt,
    *,
    version: Version,
    environment: Environment,
    expects: int | None,
    steps: Sequence[int],
    hold: Hold,
    amount: int | None,
    guards: Sequence[Guard],
    on_harm: OnHarm,
    reason: str = "",
    review: Review | None = None,
    acknowledged: bool = False,
    actor: User,
) -> RolloutPlan:
    """A release by steps, the first of them now, and the plan of the others: both or neither.

    Refused as `release_version` is; Invalid for a plan that cannot be.
    """
    prompt = lock_prompt(prompt)
    refusal = denied(PLANNED, version, environment)
    require(can_plan_rollout(actor, prompt, environment, plan_of(prompt, environment)), refusal)
    if wrong := _wrong(steps, min(steps, default=0), hold, amount, guards):
        raise Invalid(wrong)
    live = release_version(
        prompt, version=version, environment=environment, expects=expects, reason=reason,
        review=review, acknowledged=acknowledged, share=steps[0], actor=actor,
    )  # fmt: skip
    plan = _made(live, steps, hold, amount, guards, on_harm, actor)
    record(PLANNED, **plan_entry(plan, actor), share=live.share, **_told(plan))
    return plan


@governed
def pause_plan(plan: RolloutPlan, *, reason: str = "", actor: User) -> RolloutPlan:
    plan = lock_plan(plan)
    require(can_change_plan(actor, plan, PlanState.RUNNING), plan_denied(PAUSED, plan))
    _say(plan, PlanState.PAUSED, reason)
    record(PAUSED, **plan_entry(plan, actor, reason))
    return plan


@governed
def resume_plan(plan: RolloutPlan, *, reason: str = "", actor: User) -> RolloutPlan:
    """Go on, although the guards may have seen harm: a person looked at it."""
    plan = lock_plan(plan)
    require(can_change_plan(actor, plan, PlanState.PAUSED), plan_denied(RESUMED, plan))
    _say(plan, PlanState.RUNNING, reason)
    record(RESUMED, **plan_entry(plan, actor, reason))
    return plan


@governed
def end_plan(plan: RolloutPlan, *, reason: str = "", actor: User) -> RolloutPlan:
    """The rollout stays where it is, and people take its steps again."""
    plan = lock_plan(plan)
    require(can_change_plan(actor, plan), plan_denied(ENDED, plan))
    _say(plan, PlanState.ENDED, reason)
    record(ENDED, **plan_entry(plan, actor, reason))
    return plan


@governed
def close_plan(plan: RolloutPlan, *, actor: Actor = SYSTEM) -> RolloutPlan:
    """Its rollout is over: finished, rolled back or overtaken by people."""
    plan = lock_plan(plan)
    live = live_release(plan.prompt, plan.environment)
    require(system_only(actor))
    require(stands(plan))
    require(is_overtaken(plan, live))
    done = live is not None and live.version_id == plan.version_id
    _say(plan, PlanState.DONE if done else PlanState.ENDED, "")
    record(CLOSED, **plan_entry(plan, actor))
    return plan


def _made(
    live: Release, steps: Sequence[int], hold: Hold, amount: int | None, guards: Sequence[Guard],
    on_harm: OnHarm, actor: User,
) -> RolloutPlan:  # fmt: skip
    """Of a release by steps that is live."""
    assert live.split
    touch("prompt", live.prompt_id)
    return RolloutPlan.objects.create(
        prompt=live.prompt,
        environment=live.environment,
        version=live.version,
        split_id=live.split["id"],
        steps=list(steps),
        hold={"kind": str(hold), "amount": amount},
        guards=[guard.stored() for guard in guards],
        on_harm=on_harm,
        made_by=actor,
    )


def _told(plan: RolloutPlan) -> dict[str, Any]:
    names = ("steps", "hold", "guards", "on_harm")
    return {name: getattr(plan, name) for name in names}


def _say(plan: RolloutPlan, state: str, words: str) -> None:
    plan.words = words.strip()
    plan.save(update_fields=["words"])
    move(plan, "state", state, PLAN)
    touch("prompt", plan.prompt_id)


def _wrong(
    steps: Sequence[int], share: int, hold: Hold, amount: int | None, guards: Sequence[Guard]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rising = all(one < other for one, other in pairwise(steps))
    if not steps or not rising or steps[0] < 1 or steps[-1] > WHOLE or len(steps) > MOST_STEPS:
        found["steps"] = [_("Write rising shares between 1 and 100, such as 5, 25, 50, 100.")]
    elif steps[-1] <= share:
        words = _("It has %(share)s %% by then. Name a larger share after it.")
        found["steps"] = [words % {"share": share}]
    most = LONGEST_HOLD if hold == Hold.TIME else LARGEST_SAMPLE
    if hold != Hold.PERSON and not (amount is not None and 1 <= amount <= most):
        words = _("Say how long it waits before each step: from 1 to %(most)s.")
        found["amount"] = [words % {"most": most}]
    if any(guard.worse < 0 for guard in guards):
        found["guards"] = [_("A guard says by how much it may be worse: 0 or more.")]
    return found
