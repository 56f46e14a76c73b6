"""The steps that a block or a draft went through, read from their histories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Min

from apps.accounts.models import User
from apps.prompts.blame import Stretch, Text, blame
from apps.prompts.models import Draft, DraftBlock, Version
from apps.prompts.queries.documents import version_document
from apps.prompts.saving import BlockText, as_pairs

BURST = timedelta(minutes=5)
MOST_STEPS = 500  # of which the texts are read; what was before is one step with the oldest of them
MOST_ROWS = 20_000
MOST_SOURCES = 100  # versions of an imported past that are read


class Saved(NamedTuple):
    """One row of a history; `pk` is its history id."""

    pk: int
    at: datetime
    person_id: int | None
    draft_id: int
    reason: str


@dataclass(frozen=True)
class Taken:
    """A version that was made from a draft, and when."""

    at: datetime
    version: Version


@dataclass(frozen=True)
class BlockStep:
    """What one person wrote within five minutes, and the first version that holds it. `text` is
    what the block said then; `pk` the last of its rows in the history, 0 for what only a version
    from elsewhere says. Of that, `person` brought it here, `source` wrote it there ("" where
    nobody knows)."""

    pk: int
    at: datetime
    person: User | None
    draft: Draft
    reason: str
    text: BlockText
    before: str
    version: Version | None
    is_imported: bool = False
    source: str = ""

    @property
    def said(self) -> str:
        return said(self.text)


@dataclass(frozen=True)
class BlockHistory:
    """Oldest step first. `stretches` name steps by their place in `steps`."""

    steps: list[BlockStep]
    stretches: tuple[Stretch, ...]
    is_cut: bool  # there are older steps than those


def said(text: BlockText) -> str:
    """Title, body and rows as one text."""
    return "\n\n".join(part for part in (text.title, text.whole) if part)


def block_history(block: DraftBlock) -> BlockHistory:
    """Of this block in its draft, and of the same block in the prompt's other drafts, whose words
    may have come from there. Seven queries, however long."""
    rows = _rows(block)
    taken = versions_taken({row.draft_id for row in rows})
    bursts = [burst[-1] for burst in grouped(rows, taken)]
    texts = _texts([row.pk for row in bursts[-MOST_STEPS:]])
    shown = [row for row in bursts if row.pk in texts]
    written = _changed(shown, texts)
    people = User.objects.in_bulk({row.person_id for row, _before in written if row.person_id})
    drafts = Draft.objects.in_bulk({row.draft_id for row, _before in written})
    steps = [
        BlockStep(
            pk=row.pk, at=row.at, person=people.get(row.person_id or 0), reason=row.reason,
            draft=drafts[row.draft_id], text=texts[row.pk], before=before,
            version=first_after(taken.get(row.draft_id, ()), row.at),
        )
        for row, before in written
    ]  # fmt: skip
    steps = [one for step in steps for one in _from_sources(step, str(block.key))]
    lines = [Text(step.draft.pk, step.said) for step in steps]
    return BlockHistory(steps, blame(lines, block.draft_id), len(bursts) > len(shown))


def _from_sources(step: BlockStep, key: str) -> list[BlockStep]:
    """What was brought in with a past: a step for each of those versions that changed the block,
    by whoever wrote it where it came from. Any other step as it is."""
    last = step.version
    if last is None or not _is_brought(last) or (step.person and step.person.pk) != last.author_id:
        return [step]
    rows = Version.objects.filter(prompt_id=last.prompt_id, number__lte=last.number)
    brought = [one for one in rows.order_by("-number")[:MOST_SOURCES] if _is_brought(one)]
    found: list[BlockStep] = []
    before = step.before
    for version in reversed(brought):
        text = _text_in(version, key)
        if text is None or said(text) == before:
            continue
        found.append(
            replace(
                step, pk=0, at=version.original_at or step.at, text=text, before=before,
                version=version, is_imported=True, source=version.original_author,
            )
        )  # fmt: skip
        before = said(text)
    if not found or before != step.said:
        return [step]  # somebody wrote on before it was brought in again
    return [*found[:-1], replace(found[-1], pk=step.pk)]


def _is_brought(version: Version) -> bool:
    return version.original_at is not None or bool(version.original_author)


def _text_in(version: Version, key: str) -> BlockText | None:
    for part in version_document(version)["blocks"]:
        if part["key"] == key:
            rows = as_pairs(part.get("rows", []))
            return BlockText(part["title"], part["body"], rows, part.get("as", "messages"))
    return None


def _rows(block: DraftBlock) -> list[Saved]:
    """Newest `MOST_ROWS` saves of the blocks with this key, oldest first."""
    saved: Any = DraftBlock.history
    rows = saved.filter(key=block.key, draft__prompt_id=block.draft.prompt_id)
    columns = ("history_id", "history_date", "history_user_id", "draft_id", "history_change_reason")
    found = rows.order_by("-history_id").values_list(*columns)[:MOST_ROWS]
    return [Saved(*row) for row in reversed(list(found))]


def _texts(ids: Iterable[int]) -> dict[int, BlockText]:
    saved: Any = DraftBlock.history
    rows = saved.filter(history_id__in=list(ids))
    columns = rows.values_list("history_id", "title", "body", "rows", "rows_as")
    return {
        pk: BlockText(title, body, as_pairs(pairs), style)
        for pk, title, body, pairs, style in columns
    }


def _changed(rows: Sequence[Saved], texts: dict[int, BlockText]) -> list[tuple[Saved, str]]:
    """The rows that changed words in their draft, each with what was said before."""
    now: dict[int, str] = {}
    found = []
    for row in rows:
        before, after = now.get(row.draft_id), said(texts[row.pk])
        now[row.draft_id] = after
        if before is None and after in list(now.values())[:-1]:
            found.append((row, after))  # copied into another draft
        elif after != (before or ""):
            found.append((row, before or ""))
    return found


def grouped(
    rows: Sequence[Saved], taken: dict[int, list[Taken]], gap: timedelta = BURST
) -> list[list[Saved]]:
    """Saves of one person in one draft that follow each other within `gap`; a version that was
    made between two of them parts them."""
    bursts: list[list[Saved]] = []
    for row in rows:
        last = bursts[-1][-1] if bursts else None
        same = last is not None and (last.person_id, last.draft_id, last.reason) == (
            row.person_id, row.draft_id, row.reason,
        )  # fmt: skip
        near = last is not None and row.at - last.at <= gap
        if same and near and last is not None and not _parted(taken, last, row):
            bursts[-1].append(row)
        else:
            bursts.append([row])
    return bursts


def _parted(taken: dict[int, list[Taken]], one: Saved, other: Saved) -> bool:
    made = taken.get(one.draft_id, [])
    return any(one.at <= version.at < other.at for version in made)


def versions_taken(drafts: Iterable[int]) -> dict[int, list[Taken]]:
    """Draft id → the versions it was the base of, oldest first: when each became that."""
    history: Any = Draft.history
    rows = history.filter(id__in=list(drafts), base__isnull=False).order_by()
    first = list(rows.values_list("id", "base_id").annotate(Min("history_date")))
    versions = Version.objects.defer("content").in_bulk({base for _draft, base, _at in first})
    found: dict[int, list[Taken]] = {}
    for draft, base, at in sorted(first, key=lambda row: row[2]):
        found.setdefault(draft, []).append(Taken(at, versions[base]))
    return found


def first_after(taken: Sequence[Taken], at: datetime) -> Version | None:
    return next((made.version for made in taken if made.at >= at), None)


def step_text(block: DraftBlock, pk: int) -> BlockText | None:
    """What this block, in any draft of its prompt, said after the step with that history id."""
    saved: Any = DraftBlock.history
    row = saved.filter(history_id=pk, key=block.key, draft__prompt_id=block.draft.prompt_id).first()
    return None if row is None else BlockText(row.title, row.body, as_pairs(row.rows), row.rows_as)


def writers_until(block: DraftBlock, pk: int) -> set[int]:
    """Everyone who wrote this block up to a step: whose words may come back with its text."""
    saved: Any = DraftBlock.history
    rows = saved.filter(
        history_id__lte=pk, key=block.key, draft__prompt_id=block.draft.prompt_id,
        history_user__isnull=False,
    )  # fmt: skip
    return set(rows.order_by().values_list("history_user_id", flat=True).distinct())
