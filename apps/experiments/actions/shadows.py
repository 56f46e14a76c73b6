"""Shadows: started, paused, resumed and stopped by people; paused and ended by the system."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.delivery.queries import keeping_rule_for
from apps.environments.locks import lock_prompt
from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.evaluations.models import Suite
from apps.evaluations.queries.documents import checks_alone
from apps.evaluations.queries.paying import paying_team
from apps.experiments.entries import shadow_entry
from apps.experiments.events import (
    SHADOW_ENDED,
    SHADOW_PAUSED,
    SHADOW_RESUMED,
    SHADOW_STARTED,
    SHADOW_STOPPED,
)
from apps.experiments.locks import lock_shadow
from apps.experiments.models import Shadow
from apps.experiments.permissions import (
    can_change_shadow,
    can_judge,
    can_start_shadow,
    is_affordable,
    is_candidate,
    is_over,
    is_shadow_in,
    keeps_values,
    no_other_shadow,
    system_only,
)
from apps.experiments.queries.shadow_costs import cost_of_shadow, models_of
from apps.experiments.queries.shadows import finished, standing_shadow
from apps.experiments.shadow_terms import ShadowTerms
from apps.experiments.states import SHADOW, ShadowState
from apps.llm.budget_queries import month_for
from apps.llm.permissions import can_ask_model
from apps.prompts.models import Version
from apps.releases.permissions import belongs


@governed
def start_shadow(
    version: Version,
    *,
    environment: Environment,
    suite: Suite,
    terms: ShadowTerms,
    since: datetime | None = None,
    actor: User,
) -> Shadow:
    """Let a version answer calls that are live there; nothing is released. `since`: from when on
    calls are taken, where they are older than the start.

    Refused: 403 without the right to read calls and to run the suite; 409 `is_live`,
    `nothing_kept`, `no_check_alone`, `shadowed_already`, a model that may not be asked, or a
    budget too small.
    """
    prompt = lock_prompt(version.prompt)
    version.prompt = prompt
    require(can_start_shadow(actor, suite, prompt))
    require(belongs(version, prompt))
    if wrong := terms.wrong():
        raise Invalid(wrong)
    require(is_candidate(version, live_version(prompt, environment), environment))
    require(keeps_values(keeping_rule_for(prompt.namespace)))
    require(no_other_shadow(standing_shadow(prompt, environment, version)))
    checks = checks_alone(suite)
    require(can_judge(checks, suite))
    for name in models_of(terms, checks):
        require(can_ask_model(name, prompt.namespace))
    team = paying_team(prompt, actor)
    cost = cost_of_shadow(version, environment, terms, checks)
    require(is_affordable(cost, month_for(team).left if team else None, team))
    shadow = Shadow.objects.create(
        prompt=prompt, environment=environment, version=version, suite=suite, checks=checks,
        threshold=suite.threshold, model=terms.model, judge=terms.judge, share=terms.share,
        a_day=terms.a_day, most=terms.most, days=terms.days, team=team,
        since=since or database_now(), made_by=actor,
    )  # fmt: skip
    shadow.refresh_from_db(fields=["made_at"])
    touch("prompt", prompt.pk)
    record(
        SHADOW_STARTED, **shadow_entry(shadow, actor), model=terms.model, judge=terms.judged_by,
        share=terms.share, a_day=terms.a_day, most=terms.most, days=terms.days,
    )  # fmt: skip
    return shadow


@governed
def pause_shadow(shadow: Shadow, *, reason: str = "", actor: User) -> Shadow:
    shadow = lock_shadow(shadow)
    require(can_change_shadow(actor, shadow, ShadowState.RUNNING))
    _put(shadow, ShadowState.PAUSED, reason)
    record(SHADOW_PAUSED, **shadow_entry(shadow, actor, reason))
    return shadow


@governed
def resume_shadow(shadow: Shadow, *, reason: str = "", actor: User) -> Shadow:
    """What it takes to start one is asked again."""
    shadow = lock_shadow(shadow)
    require(can_change_shadow(actor, shadow, ShadowState.PAUSED))
    require(can_start_shadow(actor, shadow.suite, shadow.prompt))
    _put(shadow, ShadowState.RUNNING, "")
    record(SHADOW_RESUMED, **shadow_entry(shadow, actor, reason))
    return shadow


@governed
def stop_shadow(shadow: Shadow, *, reason: str = "", actor: User) -> Shadow:
    """It takes no more calls; what was answered stays."""
    shadow = lock_shadow(shadow)
    require(can_change_shadow(actor, shadow))
    shadow.ended_at = database_now()
    shadow.save(update_fields=["ended_at"])
    _put(shadow, ShadowState.STOPPED, reason)
    record(SHADOW_STOPPED, **shadow_entry(shadow, actor, reason), answers=finished(shadow))
    return shadow


@governed
def hold_shadow(shadow: Shadow, *, words: str, actor: Actor = SYSTEM) -> Shadow:
    """It may not go on: a right, a model or the budget is missing. It waits for a person."""
    shadow = lock_shadow(shadow)
    require(system_only(actor))
    require(is_shadow_in(shadow, ShadowState.RUNNING))
    _put(shadow, ShadowState.PAUSED, words)
    record(SHADOW_PAUSED, **shadow_entry(shadow, actor, words), on_behalf=[shadow.made_by])
    return shadow


@governed
def end_shadow(shadow: Shadow, *, actor: Actor = SYSTEM) -> Shadow:
    """Its answers or its days are over: whoever started it is told."""
    shadow = lock_shadow(shadow)
    require(system_only(actor))
    require(is_shadow_in(shadow))
    answers = finished(shadow)
    require(is_over(shadow, answers, database_now()))
    shadow.ended_at = database_now()
    shadow.save(update_fields=["ended_at"])
    _put(shadow, ShadowState.DONE, "")
    told: dict[str, Any] = {"answers": answers, "on_behalf": [shadow.made_by]}
    record(SHADOW_ENDED, **shadow_entry(shadow, actor), **told)
    return shadow


def _put(shadow: Shadow, state: str, words: str) -> None:
    shadow.words = words.strip()
    shadow.save(update_fields=["words"])
    move(shadow, "state", state, SHADOW)
    touch("prompt", shadow.prompt_id)
