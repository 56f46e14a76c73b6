"""Checks of live answers: set, paused and taken up again by people; all in the trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.analytics.events import LIVE_PAUSED, LIVE_RESUMED, LIVE_SET
from apps.analytics.models import LiveCheck
from apps.analytics.permissions import (
    can_set_live_check,
    can_switch_live_check,
    can_use_suite_live,
)
from apps.analytics.states import LIVE, LiveState
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.environments.models import Environment
from apps.evaluations.models import Suite
from apps.llm.permissions import can_ask_model
from apps.prompts.models import Prompt

MOST_A_DAY = 10_000


@dataclass(frozen=True)
class LiveTerms:
    """`judge` answers for checks that name no model; `share` in percent."""

    environment: Environment
    suite: Suite
    judge: str
    share: int
    most_a_day: int


@governed
def set_live_check(prompt: Prompt, *, terms: LiveTerms, actor: User) -> LiveCheck:
    """One for each environment: a second time changes what was set, and takes it up again."""
    prompt = Prompt.objects.select_for_update(no_key=True, of=("self",)).get(pk=prompt.pk)
    require(can_set_live_check(actor, prompt))
    _check(terms)
    require(can_use_suite_live(actor, terms.suite, prompt))
    require(can_ask_model(terms.judge, prompt.namespace))
    found = LiveCheck.objects.select_for_update().filter(
        prompt=prompt, environment=terms.environment
    )
    live = found.first() or LiveCheck(prompt=prompt, environment=terms.environment)
    live.suite, live.judge, live.share = terms.suite, terms.judge, terms.share
    live.most_a_day, live.state = terms.most_a_day, LiveState.ON
    live.set_by, live.set_at = actor, database_now()
    live.save()
    record(LIVE_SET, **_entry(live, actor))
    return live


@governed
def pause_live_check(live: LiveCheck, *, actor: User) -> LiveCheck:
    """Nothing is judged until it is taken up again; what was said stays."""
    live = _locked(live)
    require(can_switch_live_check(actor, live, LiveState.PAUSED))
    move(live, "state", LiveState.PAUSED, LIVE)
    live.save(update_fields=["state"])
    record(LIVE_PAUSED, **_entry(live, actor))
    return live


@governed
def resume_live_check(live: LiveCheck, *, actor: User) -> LiveCheck:
    live = _locked(live)
    require(can_switch_live_check(actor, live, LiveState.ON))
    move(live, "state", LiveState.ON, LIVE)
    live.save(update_fields=["state"])
    record(LIVE_RESUMED, **_entry(live, actor))
    return live


def _locked(live: LiveCheck) -> LiveCheck:
    rows = LiveCheck.objects.select_for_update(of=("self",))
    return rows.select_related("prompt__namespace", "environment", "suite").get(pk=live.pk)


def _check(terms: LiveTerms) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= terms.share <= 100:
        errors["share"] = [_("Use a number from 1 to 100.")]
    if not 1 <= terms.most_a_day <= MOST_A_DAY:
        errors["most_a_day"] = [_("Use a number from 1 to 10,000.")]
    if errors:
        raise Invalid(errors)


def _entry(live: LiveCheck, actor: Any) -> dict[str, Any]:
    return {
        "actor": actor, "target": live, "namespace": live.prompt.namespace,
        "environment": live.environment.name, "suite": live.suite_id, "judge": live.judge,
        "share": live.share, "most_a_day": live.most_a_day, "prompt": live.prompt_id,
    }  # fmt: skip
