"""How live answers are checked: what is set, what waits to be judged, and what the checks say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.analytics.models import LiveCheck, LiveLook
from apps.analytics.states import LiveState
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.delivery.calls.engine import Call
from apps.delivery.checked import EVERY, key_of, name_of
from apps.delivery.models import LogEvent
from apps.environments.models import Environment
from apps.evaluations.checks import KINDS
from apps.evaluations.models import Check, Suite
from apps.evaluations.queries.documents import checks_alone
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts
from apps.prompts.states import Lifecycle
from apps.teams.models import Namespace

BACK = timedelta(days=1)  # how old a call may be that is looked at
OFTEN = timedelta(seconds=15)
HELD = timedelta(minutes=10)  # until what stood in the way is looked at again
RELATED = ("environment", "suite", "work", "set_by", "prompt__namespace")
# Which calls are in the share is in their ident: the same ones, whoever asks and whenever.
IN_SHARE = "('x' || substr(md5('live/' || ident), 1, 8))::bit(32)::bigint * 100 < %s * 4294967296"


def live_checks_of(prompt: Prompt) -> list[LiveCheck]:
    rows = LiveCheck.objects.filter(prompt=prompt).select_related(*RELATED)
    return list(rows.order_by("-environment__position", "pk"))


def live_check_at(prompt: Prompt, place: Environment) -> LiveCheck | None:
    rows = LiveCheck.objects.filter(prompt=prompt, environment=place)
    return rows.select_related(*RELATED).first()


def live_check_for(actor: Any, pk: int) -> LiveCheck:
    """404 for that of a prompt that the actor may not see."""
    rows = LiveCheck.objects.filter(pk=pk, prompt__in=visible_prompts(actor))
    live = rows.select_related(*RELATED).first()
    if live is None:
        require(not_visible())
    assert live is not None
    return live


def due() -> list[int]:
    """Those to look at now: nobody works on them, and the last look was a moment ago."""
    now = timezone.now()
    rows = LiveCheck.objects.filter(state=LiveState.ON).exclude(
        prompt__lifecycle=Lifecycle.ARCHIVED
    )
    free = Q(work__busy_until=None) | Q(work__busy_until__lt=now)
    quiet = Q(work__held="", work__tried_at__lt=now - OFTEN) | Q(work__tried_at__lt=now - HELD)
    fresh = Q(work=None) | Q(work__tried_at=None)
    return list(rows.filter(fresh | (free & quiet)).values_list("pk", flat=True))


def looked_today(live: LiveCheck) -> int:
    """Days are days in UTC."""
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return LiveLook.objects.filter(live=live, looked_at__gte=midnight).count()


def unlooked(live: LiveCheck, most: int) -> list[Call]:
    """Calls of the last day whose answer is kept, in the share, and not judged yet; the oldest
    first."""
    left = min(most, live.most_a_day - looked_today(live))
    return in_share(live, left, timezone.now() - BACK) if left > 0 else []


def in_share(live: LiveCheck, most: int, since: datetime) -> list[Call]:
    looked = LiveLook.objects.filter(live=live, ident=OuterRef("ident"), day=OuterRef("day"))
    rows = LogEvent.objects.filter(
        ~Exists(looked), prompt=live.prompt_id, environment=live.environment_id, status="ok",
        output__isnull=False, started_at__gte=since, day__gte=since.astimezone(UTC).date(),
    )  # fmt: skip
    chosen = RawSQL(IN_SHARE, [live.share], BooleanField())
    rows = rows.annotate(chosen=chosen).filter(chosen=True)
    return [Call(*row) for row in rows.order_by("started_at").values_list(*Call._fields)[:most]]


def sampled_names(prompt: Prompt) -> list[str]:
    """The names of the checks by which answers of this prompt are judged anywhere."""
    found = [check["key"] for live in live_checks_of(prompt) for check in checks_alone(live.suite)]
    return [name_of(key) for key in dict.fromkeys(found)]


def sampled_names_in(places: QuerySet[Namespace]) -> list[str]:
    """The same of every prompt of these namespaces. A query a suite."""
    suites = Suite.objects.filter(pk__in=LiveCheck.objects.filter(
        prompt__namespace__in=places
    ).values("suite"))  # fmt: skip
    found = [
        check["key"] for suite in suites.order_by("name", "pk") for check in checks_alone(suite)
    ]
    return [name_of(key) for key in dict.fromkeys(found)]


def check_words(names: Iterable[str]) -> dict[str, str]:
    """Name of a sampled check → the check as a sentence."""
    names = set(names)
    keys = {key: name for name in names if (key := _uuid(name)) is not None}
    found = {
        keys[check.key]: KINDS[check.kind].sentence(check.settings)
        for check in Check.objects.filter(key__in=keys)
        if check.kind in KINDS
    }
    gone = {name: _("a check that is gone") for name in names}
    return gone | found | ({EVERY: _("Every check")} if EVERY in names else {})


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(key_of(name))
    except ValueError:
        return None
