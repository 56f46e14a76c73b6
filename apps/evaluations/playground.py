"""The page of the playground as it is read: what is tried, the values, the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.core.verdicts import Verdict
from apps.evaluations.filling import fill
from apps.evaluations.models import Suite, Trial, TrialAnswer
from apps.evaluations.permissions import can_change_suite, can_try_draft, can_try_prompt
from apps.evaluations.queries.suites import suites_serving
from apps.evaluations.queries.trials import answers_of
from apps.evaluations.trial_columns import DRAFT, MOST_COLUMNS, TrialColumn, source_of
from apps.llm.permissions import can_manage_models
from apps.llm.prices import money
from apps.llm.queries import ModelChoice, models_for
from apps.llm.questions import DEMO_MODELS
from apps.prompts import content
from apps.prompts.editing import SampleValue
from apps.prompts.models import Draft, Prompt, Sample
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries import draft_document, draft_of, version_document
from apps.prompts.queries.prompts import drafts_of, versions_of
from apps.prompts.values import typed_text

MOST_VERSIONS = 100


@dataclass(frozen=True)
class Card:
    """One answer as it is drawn, and what its reader may make of it."""

    answer: TrialAnswer
    suites: Sequence[Suite] = ()
    may_edit: bool = False

    @property
    def is_demo(self) -> bool:
        return self.answer.model in DEMO_MODELS

    @property
    def element(self) -> str:
        return f"answer-{self.answer.position}"

    @property
    def draft(self) -> Draft | None:
        """The one with a name that it came from, while it can be written in."""
        draft = self.answer.draft
        return draft if draft and draft.closed_at is None else None

    @property
    def words(self) -> int:
        return len(self.answer.answer.split())

    @property
    def facts(self) -> str:
        """Tokens, time and cost in one line."""
        one, parts = self.answer, []
        if one.output_tokens is not None:
            counted = {"sent": f"{one.input_tokens or 0:,}", "came": f"{one.output_tokens:,}"}
            parts.append(_("%(sent)s tokens in, %(came)s out") % counted)
        if one.latency_ms is not None:
            parts.append(_("%(seconds)s s") % {"seconds": f"{one.latency_ms / 1000:.1f}"})
        if one.cost is not None:
            parts.append(money(one.cost) if one.cost else _("free"))
        elif one.state == "done":
            parts.append(_("cost not known"))
        return " · ".join(parts)


@dataclass
class Playground:
    """`columns` and `typed` as somebody left them, else as one would begin: with `draft`, else
    the shared one."""

    person: Any
    prompt: Prompt
    columns: list[TrialColumn] = field(default_factory=list)
    typed: Mapping[str, Any] = field(default_factory=dict)
    sample: Sample | None = None
    errors: Sequence[str] = ()
    trial: Trial | None = None
    draft: Draft | None = None

    def __post_init__(self) -> None:
        self.draft = self.draft or draft_of(self.prompt)
        self.columns = self.columns or [TrialColumn(self.first_source, self.first_model)]

    @cached_property
    def models(self) -> list[ModelChoice]:
        return models_for(self.person, self.prompt.namespace)

    @property
    def named(self) -> Draft | None:
        """The draft that it begins with, if that is not the shared one."""
        return self.draft if self.draft and self.draft.name else None

    @property
    def first_source(self) -> str:
        return source_of(draft=self.named.pk if self.named else None)

    @property
    def first_model(self) -> str:
        """The prompt's own, where it is connected; else the first that is."""
        offered = [choice.name for choice in self.models]
        assert self.draft is not None
        named = [model["model"] for model in draft_document(self.draft)["models"]]
        return next((name for name in named if name in offered), offered[0])

    @cached_property
    def sources(self) -> list[tuple[str, str]]:
        """The shared draft, those with a name, and versions; those that are chosen in any case."""
        numbers = versions_of(self.prompt).values_list("number", flat=True)[:MOST_VERSIONS]
        named = [(source_of(draft=one.pk), _named(one)) for one in self._offered]
        return [(DRAFT, _("the shared draft")), *named, *((str(n), f"v{n}") for n in numbers)]

    def beside(self, columns: Sequence[TrialColumn]) -> TrialColumn:
        """What stands beside these when one is added: the next text that none of them has, on the
        same model; where all are there, the last one again."""
        taken, last = {one.source for one in columns}, columns[-1]
        free = (source for source, _words in self.sources if source not in taken)
        return TrialColumn(next(free, last.source), last.model)

    @cached_property
    def _offered(self) -> list[Draft]:
        """Open beside the shared draft, and whatever a column names."""
        chosen = Q(pk__in=[column.draft for column in self.columns if column.draft])
        return list(
            drafts_of(self.prompt).filter(Q(closed_at=None, opened_by__isnull=False) | chosen)
        )

    @cached_property
    def samples(self) -> list[Sample]:
        return list(self.prompt.samples.order_by("name"))

    @cached_property
    def may_try(self) -> Verdict:
        return can_try_prompt(self.person, self.prompt)

    @cached_property
    def may_try_draft(self) -> Verdict:
        assert self.draft is not None
        self.draft.prompt = self.prompt
        return can_try_draft(self.person, self.draft)

    @property
    def may_add(self) -> bool:
        return len(self.columns) < MOST_COLUMNS

    @property
    def may_remove(self) -> bool:
        return len(self.columns) > 1

    @property
    def only_demo(self) -> bool:
        return len(self.models) == 1

    @property
    def may_connect(self) -> bool:
        return bool(can_manage_models(self.person))

    @cached_property
    def variables(self) -> list[dict[str, Any]]:
        """Of everything that is tried, each once."""
        found: dict[str, dict[str, Any]] = {}
        for document in self._documents():
            for variable in document["variables"]:
                found.setdefault(variable["name"], variable)
        return list(found.values())

    @cached_property
    def values(self) -> list[SampleValue]:
        return [self._value(variable) for variable in self.variables]

    @cached_property
    def cards(self) -> list[Card]:
        if self.trial is None:
            return []
        return cards(self.person, self.prompt, answers_of(self.trial))

    def _documents(self) -> Iterable[content.Document]:
        if any(column.source == DRAFT for column in self.columns):
            yield draft_document(draft_of(self.prompt))
        for draft in drafts_of(self.prompt).filter(pk__in={one.draft or 0 for one in self.columns}):
            yield draft_document(draft)
        for version in self.prompt.versions.filter(
            number__in={c.number or 0 for c in self.columns}
        ):
            yield version_document(version)

    def _value(self, variable: dict[str, Any]) -> SampleValue:
        name, type = variable["name"], variable["type"]
        typed = str(self.typed.get(name, ""))
        if self.sample is not None:
            typed = typed_text(variable, self.sample.values.get(name))
        sentence = fill([variable], {name: typed})[1] if self.errors else ""
        label = content.VARIABLE_LABELS[type]
        choices = tuple(variable["choices"] or ())
        return SampleValue(name, type, label, choices, typed, (sentence,) if sentence else ())


def _named(draft: Draft) -> str:
    words = _("“%(name)s” (put away)") if draft.closed_at else _("“%(name)s”")
    return words % {"name": draft.name}


def cards(person: Any, prompt: Prompt, answers: Iterable[TrialAnswer]) -> list[Card]:
    suites = [one for one in suites_serving(prompt, person) if can_change_suite(person, one)]
    may_edit = bool(can_edit_prompt(person, prompt))
    return [Card(answer, suites, may_edit) for answer in answers]


def columns_in(form: QueryDict) -> list[TrialColumn]:
    pairs = zip(form.getlist("source"), form.getlist("model"), strict=False)
    return [TrialColumn(source, model.replace("\x00", "")) for source, model in pairs][
        : MOST_COLUMNS + 1
    ]


def values_in(form: QueryDict) -> dict[str, str]:
    """By variable, as typed."""
    return {
        name.removeprefix("value-"): str(value).replace("\r\n", "\n")
        for name, value in form.items()
        if name.startswith("value-")
    }


def values_of(sample: Sample, variables: Iterable[dict[str, Any]]) -> dict[str, str]:
    """As somebody would type them."""
    return {
        variable["name"]: typed_text(variable, sample.values.get(variable["name"]))
        for variable in variables
    }
