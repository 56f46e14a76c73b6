"""Shadows that one may see, what they came to so far, and the calls that they may take."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Case, F, Max, Q, QuerySet, Value, When
from django.utils import timezone

from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Call, Filter
from apps.environments.models import Environment
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.shadow_terms import is_chosen
from apps.experiments.states import PairState, ShadowState
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import visible_prompts

SHOWN = (
    "prompt__namespace", "environment", "version", "made_by", "suite__namespace", "team",
)  # fmt: skip
STANDING = (ShadowState.RUNNING, ShadowState.PAUSED)
LOOKED_AT = 2000  # calls of one look, the newest first
LATE = timedelta(hours=1)  # calls that are told of so late are taken still
PAGE = 25


def visible_shadows(actor: Actor) -> QuerySet[Shadow]:
    rows = Shadow.objects.filter(prompt__in=visible_prompts(actor))
    return rows.select_related(*SHOWN)


def shadow_for(actor: Actor, pk: int) -> Shadow:
    """A shadow on a prompt that the actor may see, or 404."""
    found = visible_shadows(actor).filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    found.version.prompt = found.prompt
    return found


def answer_for(actor: Actor, pk: int) -> ShadowAnswer:
    rows = ShadowAnswer.objects.filter(pk=pk, shadow__in=visible_shadows(actor))
    found = rows.select_related("live", *(f"shadow__{name}" for name in SHOWN)).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def shadows_of(prompt: Prompt) -> list[Shadow]:
    return list(Shadow.objects.filter(prompt=prompt).select_related(*SHOWN))


def standing_shadow(prompt: Prompt, place: Environment, version: Version) -> Shadow | None:
    rows = Shadow.objects.filter(prompt=prompt, environment=place, version=version)
    return rows.filter(state__in=STANDING).select_related(*SHOWN).first()


def standing_shadows() -> list[Shadow]:
    rows = Shadow.objects.filter(state__in=STANDING).select_related(*SHOWN)
    return list(rows.order_by("pk"))


def finished(shadow: Shadow) -> int:
    rows = ShadowAnswer.objects.filter(shadow=shadow)
    return rows.exclude(state=PairState.WAITING).count()


def waiting(shadow: Shadow) -> list[ShadowAnswer]:
    rows = ShadowAnswer.objects.filter(shadow=shadow, state=PairState.WAITING)
    return list(rows.order_by("pk"))


def room_of(shadow: Shadow, now: datetime) -> int:
    """How many more calls it may take now."""
    rows = ShadowAnswer.objects.filter(shadow=shadow)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    this_day = rows.filter(taken_at__gte=today).count()
    return max(0, min(shadow.most - rows.count(), shadow.a_day - this_day))


def new_calls(shadow: Shadow, most: int) -> list[Call]:
    """Calls of its share whose values and answer are kept, that it did not take yet. One that the
    candidate answered itself is none."""
    last = ShadowAnswer.objects.filter(shadow=shadow).aggregate(at=Max("called_at"))["at"]
    wanted = Filter(
        environment_id=shadow.environment_id, prompt_ids=[shadow.prompt_id], status="ok",
        since=max(shadow.since, last - LATE) if last else shadow.since,
        until=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    found = [
        call
        for call in calls().single(wanted, limit=LOOKED_AT)
        if call.variables and call.output and call.version_id != shadow.version_id
        and is_chosen(shadow.pk, call.ident, shadow.share)
    ]  # fmt: skip
    known = set(
        ShadowAnswer.objects.filter(
            shadow=shadow, call_ident__in=[call.ident for call in found]
        ).values_list("call_ident", flat=True)
    )
    fresh = {call.ident: call for call in reversed(found) if call.ident not in known}
    return list(fresh.values())[:most]


def pairs_of(shadow: Shadow, page: int) -> list[ShadowAnswer]:
    """The worst first: what only the candidate fails, what both fail, and so on. One more than a
    page holds."""
    rows = ShadowAnswer.objects.filter(shadow=shadow).exclude(state=PairState.WAITING)
    rank = Case(
        When(Q(live_passed=True, passed=False), then=Value(0)),
        When(Q(live_passed=False, passed=False), then=Value(1)),
        When(Q(state=PairState.COULD_NOT_RUN), then=Value(6)),
        When(Q(passed=None) | Q(live_passed=None), then=Value(5)),
        When(Q(live_passed=False, passed=True), then=Value(2)),
        When(Q(answer=F("live_answer")), then=Value(4)),
        default=Value(3),
    )
    rows = rows.annotate(rank=rank).select_related("live").order_by("rank", "-called_at", "pk")
    start = (page - 1) * PAGE
    return list(rows[start : start + PAGE + 1])


def kind_of(pair: ShadowAnswer) -> str:
    """As the pages of runs name it."""
    if pair.state == PairState.COULD_NOT_RUN:
        return "not_run"
    if pair.passed is None or pair.live_passed is None:
        return "open"
    return {
        (True, False): "newly", (False, True): "fixed", (True, True): "both_pass",
        (False, False): "both_fail",
    }[pair.live_passed, pair.passed]  # fmt: skip
