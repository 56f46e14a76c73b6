"""Everything that the draft's page and its parts show, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from apps.core.verdicts import Verdict
from apps.llm.tokens import count_tokens
from apps.prompts import content
from apps.prompts.compile import used_variables
from apps.prompts.editing.rows import (
    EditorBlock,
    Found,
    OutputRow,
    Pin,
    SampleRow,
    VariableRow,
    sample_row,
    variable_row,
)
from apps.prompts.models import (
    ConflictCopy,
    Draft,
    DraftBlock,
    DraftVariable,
    Prompt,
    Sample,
    Snippet,
    Version,
)
from apps.prompts.nearest import nearest
from apps.prompts.output_fields import FIELD_LABELS, OutputField, fields_of
from apps.prompts.permissions import can_edit_draft
from apps.prompts.queries.documents import blocks_in_order, document_of, variable_part
from apps.prompts.queries.effect import cost_in_words
from apps.prompts.queries.findings import Judged, found_in
from apps.prompts.queries.preview import Preview, preview
from apps.prompts.queries.prompts import draft_of, latest_version
from apps.prompts.queries.snippets import offered_snippets, standings
from apps.prompts.queries.texts import text_of
from apps.prompts.queries.variables import use_counts
from apps.prompts.standing import lock_words
from apps.prompts.values import typed_text

BLANK_FIELDS = 2
REMOVED = 20  # as many deleted blocks are offered to be put back


@dataclass
class Editor:
    actor: Any
    prompt: Prompt
    draft: Draft
    rows: list[DraftBlock]
    removed: list[DraftBlock]
    declared: list[DraftVariable]
    kept_samples: list[Sample]
    copies: list[ConflictCopy]
    latest: Version | None
    can_edit: Verdict
    fresh: str = ""
    comments: Mapping[str, int] | None = None  # by key of the block; None where nobody counted
    typed: dict[int, VariableRow] = field(default_factory=dict)
    typed_sample: SampleRow | None = None
    new_variable: VariableRow | None = None

    @cached_property
    def document(self) -> content.Document:
        return document_of(self.draft, self.rows, self.declared)

    @property
    def saved_at(self) -> datetime:
        return self.draft.changed_at

    @property
    def stale(self) -> bool:
        """The latest version is not the one that this draft began from."""
        return self.latest is not None and self.draft.base_id != self.latest.pk

    @cached_property
    def changed(self) -> bool:
        """The draft says something else than the latest version."""
        digest = content.content_hash(content.canonical_bytes(self.document))
        return self.latest is None or self.latest.content_hash != digest

    @cached_property
    def blocks(self) -> list[EditorBlock]:
        total = len(self.rows)
        tokens = self._tokens
        sent = sum(tokens[row.key] for row in self.rows if row.enabled)
        firsts = [row.key for row in self.rows if row.type == "output_format"][:1]
        return [
            EditorBlock(
                row=row,
                place=place,
                total=total,
                tokens=tokens[row.key],
                share=_share(tokens[row.key], sent) if row.enabled else 0,
                comments=(self.comments or {}).get(str(row.key), 0),
                conflicts=tuple(c for c in self._copies_of(row) if self._is_mine(c)),
                kept=tuple(c for c in self._copies_of(row) if not self._is_mine(c)),
                fresh=str(row.key) == self.fresh,
                output=self.output if row.key in firsts else None,
                pin=self._pin(row),
                locked=self._locked.get(row.type, ""),
            )
            for place, row in enumerate(self.rows, 1)
        ]

    @cached_property
    def _tokens(self) -> dict[UUID, int]:
        """Of each block's text; a note is never sent."""
        return {
            row.key: count_tokens(text_of(row).whole) if row.type != "note" else 0
            for row in self.rows
        }

    @cached_property
    def _locked(self) -> dict[str, str]:
        return lock_words(self.draft.prompt)

    def _pin(self, row: DraftBlock) -> Pin | None:
        version = row.snippet_version
        if version is None:
            return None
        known = self._standings.get(version.snippet_id)
        newest, prompts = known or (version.number, 0)
        return Pin(version, newest, prompts, may_see=known is not None)

    @cached_property
    def _standings(self) -> dict[int, tuple[int, int]]:
        pins = (row.snippet_version for row in self.rows)
        return standings(self.actor, (pin.snippet_id for pin in pins if pin))

    @cached_property
    def snippets(self) -> list[Snippet]:
        """What can be inserted as a pin."""
        return offered_snippets(self.actor)

    def _copies_of(self, row: DraftBlock) -> list[ConflictCopy]:
        return [copy for copy in self.copies if copy.block_id == row.pk]

    def _is_mine(self, copy: ConflictCopy) -> bool:
        return bool(copy.person_id == getattr(self.actor, "pk", None))

    @cached_property
    def output(self) -> OutputRow:
        output = self.document["output"]
        blank = [OutputField("", "text")] * BLANK_FIELDS
        return self.output_typed(output["format"], [*fields_of(output["json_schema"]), *blank])

    def output_typed(self, format: str, fields: list[OutputField]) -> OutputRow:
        """The form of the answer with these rows in it."""
        formats = tuple(content.OUTPUT_LABELS.items())
        return OutputRow(format, formats, fields, tuple(FIELD_LABELS.items()))

    @property
    def headings(self) -> str:
        return str(self.document["rendering"]["headings"])

    @property
    def heading_choices(self) -> list[tuple[str, str]]:
        return list(content.HEADING_LABELS.items())

    @property
    def variable_choices(self) -> list[tuple[str, str]]:
        return list(content.VARIABLE_LABELS.items())

    @property
    def example_choices(self) -> list[tuple[str, str]]:
        return list(content.EXAMPLE_LABELS.items())

    @property
    def model(self) -> str:
        models = self.document["models"]
        return str(models[0]["model"]) if models else ""

    @property
    def temperature(self) -> float | None:
        models = self.document["models"]
        return models[0]["parameters"].get("temperature") if models else None

    @property
    def temperature_typed(self) -> str:
        return "" if self.temperature is None else f"{self.temperature:g}"

    @property
    def max_tokens(self) -> Any:
        """As the prompt says it: an imported one may say anything."""
        models = self.document["models"]
        return models[0]["parameters"].get("max_tokens", "") if models else ""

    @cached_property
    def uses(self) -> dict[str, list[str]]:
        return used_variables(self.document)

    @cached_property
    def variables(self) -> list[VariableRow]:
        rows = [self.typed.get(v.pk) or variable_row(v, self.uses) for v in self.declared]
        samples = {chip["name"]: chip["sample"] for chip in self.chips}
        for variable, row in zip(self.declared, rows, strict=True):
            row.counts = self.use_counts.get(variable.name, {})
            row.example = samples[variable.name]
        return rows

    @cached_property
    def use_counts(self) -> dict[str, dict[str, int]]:
        return use_counts([*self.rows, *self.removed])

    @property
    def new_variable_row(self) -> VariableRow:
        return self.new_variable or variable_row(DraftVariable(pk=0), {})

    @cached_property
    def found(self) -> list[Found]:
        names = [variable.name for variable in self.declared]
        labels = {str(row.key): content.BLOCK_LABELS[row.type] for row in self.rows}
        return [
            Found(
                name,
                tuple(dict.fromkeys(labels[key] for key in keys)),
                nearest(name, names),
                tuple(keys),
            )
            for name, keys in self.uses.items()
            if name not in names
        ]

    @cached_property
    def samples(self) -> list[SampleRow]:
        shown = [sample_row(sample, self.declared) for sample in self.kept_samples]
        typed = self.typed_sample
        return [typed if typed and typed.pk == row.pk else row for row in shown]

    @property
    def new_sample(self) -> SampleRow:
        if self.typed_sample and self.typed_sample.pk is None:
            return self.typed_sample
        return sample_row(None, self.declared)

    @cached_property
    def _found(self) -> list[Judged]:
        return found_in(self.prompt, self.document)

    @property
    def findings(self) -> list[Judged]:
        return [one for one in self._found if one.dismissal is None]

    @property
    def dismissed(self) -> list[Judged]:
        return [one for one in self._found if one.dismissal is not None]

    @property
    def chips_json(self) -> str:
        return json.dumps(self.chips)

    @cached_property
    def chips(self) -> list[dict[str, str]]:
        """What the editor offers after `{{`."""
        first = self.kept_samples[0].values if self.kept_samples else {}
        return [
            {
                "name": variable.name,
                "label": _chip_label(variable),
                "sample": typed_text(variable_part(variable), first.get(variable.name))[:60],
            }
            for variable in self.declared
        ]


def _share(part: int, whole: int) -> int:
    """Per cent; what is there at all is at least one."""
    return max(1, round(100 * part / whole)) if part and whole else 0


def _chip_label(variable: DraftVariable) -> str:
    label = content.VARIABLE_LABELS[variable.type]
    return f"{label}, required" if variable.required else label


def editor(actor: Any, prompt: Prompt, draft: Draft | None = None, *, fresh: Any = "") -> Editor:
    """A draft (the shared one, if none is named) of a prompt that the actor may see; the queries
    do not grow with it."""
    draft = draft or draft_of(prompt)
    draft.prompt = prompt
    copies = ConflictCopy.objects.filter(block__draft=draft, settled_at=None)
    return Editor(
        actor=actor,
        prompt=prompt,
        draft=draft,
        rows=blocks_in_order(draft),
        removed=list(draft.blocks.exclude(removed_at=None).order_by("-removed_at")[:REMOVED]),
        declared=list(draft.variables.all()),
        kept_samples=list(prompt.samples.all()),
        copies=list(copies.select_related("person", "block__changed_by").order_by("pk")),
        latest=latest_version(prompt),
        can_edit=can_edit_draft(actor, draft),
        fresh=str(fresh or ""),
    )


def preview_of(shown: Editor, sample_id: int | None = None, model: str = "") -> Preview:
    """The draft with one sample: the named one, else the first; without samples, bare. As `model`
    is told it, if the draft has it, else the first."""
    samples = {sample.pk: sample for sample in shown.kept_samples}
    sample = samples.get(sample_id) if sample_id else None
    chosen = sample or (shown.kept_samples[0] if shown.kept_samples else None)
    known = [one["model"] for one in shown.document["models"]]
    named = model if model in known else None
    found = preview(shown.document, chosen.values if chosen else None, chosen, named)
    return replace(found, cost=cost_in_words(shown.document, found.tokens, named))
