"""When who worked on the drafts of a prompt, and what a draft said at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from apps.prompts import content
from apps.prompts.models import Draft, DraftBlock, DraftVariable, Prompt, Version
from apps.prompts.queries.documents import document_of
from apps.prompts.queries.steps import Saved, Taken, grouped, versions_taken

SESSION = timedelta(minutes=30)
LONGEST = timedelta(hours=4)
MOST_ROWS = 10_000
_ERA = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Session:
    """What one person did in one draft without a pause of half an hour. `types` are the types of
    the blocks that were written, in order; `other`: order, settings or variables changed too."""

    at: datetime
    began: datetime
    person_id: int | None
    draft_id: int
    saves: int
    types: tuple[str, ...]
    other: bool

    @property
    def moment(self) -> int:
        return moment_of(self.at)


def moment_of(at: datetime) -> int:
    """Microseconds since 1970: a moment in an address."""
    return (at - _ERA) // timedelta(microseconds=1)


def at_moment(moment: int) -> datetime | None:
    """None for a number that is no moment of ours."""
    try:
        return _ERA + timedelta(microseconds=moment)
    except OverflowError:
        return None


def sessions_before(prompt: Prompt, before: datetime | None, size: int) -> list[Session]:
    """The newest `size` sessions that ended before a moment, newest first. Five queries."""
    drafts = list(prompt.drafts.values_list("pk", flat=True))
    taken = versions_taken(drafts)
    rows, kinds = _rows(drafts, taken, before)
    found = [_session(burst, kinds) for burst in _split(grouped(rows, taken, SESSION))]
    ended = [one for one in found if before is None or one.at < before]
    return list(reversed(ended))[:size]


Kinds = dict[tuple[str, int], str]


def _rows(
    drafts: list[int], taken: dict[int, list[Taken]], before: datetime | None
) -> tuple[list[Saved], Kinds]:
    """Saves of blocks, orders and variables, oldest first, and the type of each saved block. A
    session that ended after `before` is read whole, so that it is known as such."""
    until = {} if before is None else {"history_date__lt": before + LONGEST}
    blocks: Any = DraftBlock.history
    orders: Any = Draft.history
    variables: Any = DraftVariable.history
    columns = ("history_id", "history_date", "history_user_id")
    kinds: Kinds = {}
    rows: list[Saved] = []
    saved = blocks.filter(draft_id__in=drafts, **until).order_by("-history_date", "-history_id")
    for pk, at, who, draft, kind in saved.values_list(*columns, "draft_id", "type")[:MOST_ROWS]:
        kinds["block", pk] = kind
        rows.append(Saved(pk, at, who, draft, ""))
    made = {(draft, one.at) for draft, ones in taken.items() for one in ones}
    changed = orders.filter(id__in=drafts, **until).order_by("-history_date")
    for _pk, at, who, draft in changed.values_list(*columns, "id")[:MOST_ROWS]:
        if (draft, at) not in made:
            rows.append(Saved(0, at, who, draft, ""))
    declared = variables.filter(draft_id__in=drafts, **until).order_by("-history_date")
    for _pk, at, who, draft in declared.values_list(*columns, "draft_id")[:MOST_ROWS]:
        rows.append(Saved(0, at, who, draft, ""))
    return sorted(rows, key=lambda row: row.at), kinds


def _split(bursts: list[list[Saved]]) -> list[list[Saved]]:
    """A session lasts four hours at most."""
    found: list[list[Saved]] = []
    for burst in bursts:
        start = 0
        for place, row in enumerate(burst):
            if row.at - burst[start].at > LONGEST:
                found.append(burst[start:place])
                start = place
        found.append(burst[start:])
    return found


def _session(burst: list[Saved], kinds: Kinds) -> Session:
    types = dict.fromkeys(kinds["block", row.pk] for row in burst if row.pk)
    last = burst[-1]
    return Session(
        at=last.at, began=burst[0].at, person_id=last.person_id, draft_id=last.draft_id,
        saves=len(burst), types=tuple(types), other=any(row.pk == 0 for row in burst),
    )  # fmt: skip


def document_at(draft: Draft, at: datetime) -> content.Document | None:
    """What the draft said at a moment; None before it was begun. Three queries."""
    orders: Any = Draft.history
    blocks: Any = DraftBlock.history
    variables: Any = DraftVariable.history
    then = orders.filter(id=draft.pk, history_date__lte=at).order_by("-history_id").first()
    rows = blocks.filter(draft_id=draft.pk, history_date__lte=at)
    known = {
        row.key: row
        for row in rows.order_by("id", "-history_id").distinct("id")
        if row.removed_at is None and row.history_type != "-"
    }
    if then is None and not known:
        return None
    order = then.order if then is not None else list(known)
    declared = variables.filter(draft_id=draft.pk, history_date__lte=at)
    kept = [
        row
        for row in declared.order_by("id", "-history_id").distinct("id")
        if row.history_type != "-"
    ]
    return document_of(
        then if then is not None else draft,
        [known[key] for key in order if key in known],
        sorted(kept, key=lambda row: (row.position, row.id)),
    )


def writers_at(draft: Draft, at: datetime) -> set[int]:
    """Whose words a draft of that moment may hold beyond those of its base then."""
    blocks: Any = DraftBlock.history
    settings: Any = Draft.history  # the words of a model are among them
    earlier = _taken_until(draft, at)
    found: set[int] = set()
    for rows in (blocks.filter(draft_id=draft.pk), settings.filter(id=draft.pk)):
        until = rows.filter(history_date__lte=at, history_user__isnull=False)
        if earlier:
            until = until.filter(history_date__gt=earlier[-1].at)
        found |= set(until.order_by().values_list("history_user_id", flat=True).distinct())
    return found


def last_taken(draft: Draft, at: datetime) -> Version | None:
    """The last version that a draft was the base of at a moment."""
    earlier = _taken_until(draft, at)
    return earlier[-1].version if earlier else None


def _taken_until(draft: Draft, at: datetime) -> list[Taken]:
    return [made for made in versions_taken([draft.pk]).get(draft.pk, []) if made.at <= at]
