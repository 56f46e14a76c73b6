"""The parts of the draft's page, each as its template draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from apps.prompts import content
from apps.prompts.models import ConflictCopy, DraftBlock, DraftVariable, Sample, SnippetVersion
from apps.prompts.output_fields import OutputField
from apps.prompts.queries.documents import variable_part
from apps.prompts.queries.texts import text_of
from apps.prompts.values import typed_text


@dataclass(frozen=True)
class OutputRow:
    """The answer's format and its fields, with blank rows to fill."""

    format: str
    formats: tuple[tuple[str, str], ...]
    fields: list[OutputField]
    types: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Pin:
    """A block's snippet: the version that is pinned, the newest one, and how widely it is used."""

    version: SnippetVersion
    newest: int
    prompts: int
    may_see: bool = True  # the snippet itself, beyond the words that stand here

    @property
    def is_old(self) -> bool:
        return self.version.number < self.newest


@dataclass(frozen=True)
class EditorBlock:
    """One block as it is drawn. `place` counts from 1; `fresh`: it gets the caret."""

    row: DraftBlock
    place: int
    total: int
    tokens: int
    share: int = 0  # per cent of the draft's tokens; 0 for what is not sent
    comments: int = 0  # open conversations about it
    conflicts: tuple[ConflictCopy, ...] = ()
    kept: tuple[ConflictCopy, ...] = ()
    fresh: bool = False
    output: OutputRow | None = None
    pin: Pin | None = None
    locked: str = ""  # who signs a change of it

    @property
    def key(self) -> str:
        return str(self.row.key)

    @property
    def type(self) -> str:
        return self.row.type

    @property
    def title(self) -> str:
        return self.row.title

    @property
    def body(self) -> str:
        return self.row.body

    @property
    def enabled(self) -> bool:
        return self.row.enabled

    @property
    def rows_as(self) -> str:
        return self.row.rows_as

    @property
    def revision(self) -> int:
        return self.row.revision

    @property
    def changed_at(self) -> datetime:
        return self.row.changed_at

    @property
    def changed_by(self) -> Any:
        return self.row.changed_by

    @property
    def whole(self) -> str:
        """Body and example rows as one text."""
        return text_of(self.row).whole

    @property
    def rows(self) -> list[dict[str, str]]:
        """The example rows and an empty one to fill."""
        return [*self.row.rows, {"input": "", "output": ""}]


@dataclass
class VariableRow:
    """A variable as its form shows it: every field is text. `errors`: field → sentences."""

    pk: int
    name: str
    type: str
    label: str
    required: bool
    default: str
    description: str
    max_length: str
    choices: str
    uses: int
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)  # label of a block → uses in its words
    example: str = ""  # the value of the first sample

    @property
    def places(self) -> list[str]:
        """In which blocks a new name changes something, and how often."""
        return [f"{label} ({n})" if n > 1 else label for label, n in self.counts.items()]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Found:
    """A name that the text uses and nobody declared. `near`: the declared one that was probably
    meant, or ""; `keys`: of the blocks."""

    name: str
    places: tuple[str, ...]
    near: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleValue:
    name: str
    type: str
    label: str
    choices: tuple[str, ...]
    typed: str
    errors: Sequence[str] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """What a list of choices offers."""
        return ("yes", "no") if self.type == "yes_no" else self.choices


@dataclass(frozen=True)
class SampleRow:
    """A sample's form; `pk` None is the one for a new sample."""

    pk: int | None
    name: str
    values: tuple[SampleValue, ...]
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """A value of it does not fit."""
        return any(value.errors for value in self.values)


def variable_row(variable: DraftVariable, uses: Mapping[str, Sequence[str]]) -> VariableRow:
    return VariableRow(
        pk=variable.pk,
        name=variable.name,
        type=variable.type,
        label=content.VARIABLE_LABELS[variable.type],
        required=variable.required,
        default=typed_text(variable_part(variable), variable.default),
        description=variable.description,
        max_length="" if variable.max_length is None else str(variable.max_length),
        choices="\n".join(variable.choices),
        uses=len(uses.get(variable.name, ())),
    )


def sample_row(sample: Sample | None, declared: Sequence[DraftVariable]) -> SampleRow:
    values = sample.values if sample else {}
    shown = tuple(
        SampleValue(
            variable.name,
            variable.type,
            content.VARIABLE_LABELS[variable.type],
            tuple(variable.choices),
            typed_text(variable_part(variable), values.get(variable.name)),
        )
        for variable in declared
    )
    return SampleRow(sample.pk if sample else None, sample.name if sample else "", shown)
