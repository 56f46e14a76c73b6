"""Who wrote each sentence of a block, when and why: its steps with what became of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.prompts.blame import Stretch, by_sentence
from apps.prompts.compare import word_segments
from apps.prompts.models import DraftBlock, Version
from apps.prompts.queries.steps import BlockStep, block_history
from apps.prompts.words import Allowance
from apps.reviews.models import Decision, Review, Round
from apps.reviews.queries import visible_reviews
from apps.reviews.states import DecisionKind

PAGE = 20


@dataclass(frozen=True)
class Why:
    """The version that took a step in, the review it was in (if one may see it), who approved."""

    version: Version | None = None
    review: Review | None = None
    approvers: tuple[User, ...] = ()
    asked: str = ""  # the reason given when the review was asked for

    @property
    def reason(self) -> str:
        return self.asked or (self.version.reason if self.version else "")


@dataclass(frozen=True)
class StepRow:
    """`number` counts all steps from 1; `segments` are its word marks; `is_now`: the block says
    this at present."""

    number: int
    step: BlockStep
    why: Why
    is_now: bool
    segments: tuple[Any, ...] = ()
    other_draft: bool = False


@dataclass(frozen=True)
class Passage:
    """Neighbouring sentences of the same steps. `parts` are (text, its step); `rows` the steps,
    who wrote most of it first."""

    parts: list[tuple[str, StepRow]]
    rows: list[StepRow]


@dataclass
class Session:
    """The steps of one day, newest first."""

    day: date
    rows: list[StepRow] = field(default_factory=list)


@dataclass(frozen=True)
class BlockBlame:
    passages: list[Passage]
    sessions: list[Session]
    older: int  # how many steps the page does not show yet
    is_cut: bool


def blame_of(person: User, block: DraftBlock, shown: int = PAGE) -> BlockBlame:
    """The newest `shown` steps with their words; all of them for the sentences."""
    history = block_history(block)
    reasons = _reasons(person, {step.version.pk for step in history.steps if step.version})
    now = history.steps[-1].said if history.steps else ""
    mine = [step for step in history.steps if step.draft.pk == block.draft_id]
    now = mine[-1].said if mine else now
    first = len(history.steps) - shown
    allowance = Allowance(letters=2**21)
    rows = [
        StepRow(
            number=place + 1, step=step, is_now=step.said == now,
            why=reasons.get(step.version.pk, Why(step.version)) if step.version else Why(),
            segments=word_segments(step.before, step.said, allowance)[0] if place >= first else (),
            other_draft=step.draft.pk != block.draft_id,
        )
        for place, step in enumerate(history.steps)
    ]  # fmt: skip
    listed = [row for row in reversed(rows) if row.step.said != row.step.before]
    return BlockBlame(
        _passages(by_sentence(history.stretches), rows),
        _sessions([row for row in listed if row.number > first]),
        sum(row.number <= first for row in listed),
        history.is_cut,
    )


def _reasons(person: User, versions: set[int]) -> dict[int, Why]:
    """Version id → its first review among what the person may see, and who approved there."""
    reviews = visible_reviews(person).values("pk")
    rounds = Round.objects.filter(version__in=versions, review__in=reviews)
    related = ("version", "review__environment", "review__requested_by")
    found: dict[int, Round] = {}
    for one in rounds.select_related(*related).defer("version__content").order_by("pk"):
        found.setdefault(one.version_id, one)
    signed: dict[int, list[User]] = {}
    approvals = Decision.objects.filter(round__in=found.values(), kind=DecisionKind.APPROVE)
    for decision in approvals.select_related("person"):
        signed.setdefault(decision.round_id, []).append(decision.person)
    return {
        pk: Why(one.version, one.review, tuple(signed.get(one.pk, ())), one.reason)
        for pk, one in found.items()
    }


def _passages(sentences: list[list[Stretch]], rows: list[StepRow]) -> list[Passage]:
    """A sentence of a single step joins the one before it, if that is of this step alone too."""
    found: list[tuple[list[int], list[Stretch]]] = []
    for parts in sentences:
        steps = _by_share(parts)
        if found and (not steps or (found[-1][0] == steps and len(steps) == 1)):
            found[-1][1].extend(parts)
        else:
            found.append((steps or [parts[0].step], list(parts)))
    return [Passage(_drawn(parts, rows), [rows[step] for step in steps]) for steps, parts in found]


def _drawn(parts: list[Stretch], rows: list[StepRow]) -> list[tuple[str, StepRow]]:
    """Without the space that parts a passage from the one before it."""
    texts = [(part.text, rows[part.step]) for part in parts]
    while texts and not texts[0][0].strip():
        texts = texts[1:]
    return [(texts[0][0].lstrip(), texts[0][1]), *texts[1:]] if texts else []


def _by_share(parts: list[Stretch]) -> list[int]:
    """The steps that wrote words of a sentence, by how many letters. Space is nobody's."""
    letters: dict[int, int] = {}
    for part in parts:
        if part.text.strip():
            letters[part.step] = letters.get(part.step, 0) + len(part.text.strip())
    return sorted(letters, key=lambda step: -letters[step])


def _sessions(rows: list[StepRow]) -> list[Session]:
    sessions: list[Session] = []
    for row in rows:
        day = timezone.localtime(row.step.at).date()
        if not sessions or sessions[-1].day != day:
            sessions.append(Session(day))
        sessions[-1].rows.append(row)
    return sessions
