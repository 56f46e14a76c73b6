"""What a run will ask for, cost and take, before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count

from apps.evaluations.checks import KINDS
from apps.evaluations.models import Result, Run
from apps.evaluations.states import ResultState
from apps.llm.models import ConnectedModel
from apps.llm.prices import call_cost
from apps.llm.queries import cost_of
from apps.llm.questions import DEMO_LINE, DEMO_MODELS
from apps.prompts.compile import compile_content
from apps.prompts.content import Document
from apps.prompts.models import Prompt

USUAL_SECONDS = 2.0
USUAL_TOKENS = 250  # of an answer, until there are answers to go by
JUDGED_TOKENS, JUDGE_ANSWER = 400, 200  # around what is judged, and what a judge replies


@dataclass(frozen=True)
class Estimate:
    """`cost` None: the price of a model is not known."""

    calls: int
    cost: Decimal | None
    seconds: int


class Prices:
    """Prices and widths of some models, read once. Asks the database when it is made."""

    def __init__(self, names: Iterable[str]) -> None:
        rows = ConnectedModel.objects.filter(name__in=set(names)).select_related("connection")
        self._models = {row.name: row for row in rows}

    def cost(self, name: str, sent: int, answered: int) -> Decimal | None:
        if name in DEMO_MODELS:
            return Decimal(0)
        model = self._models.get(name)
        if model is None:
            return call_cost(name, sent=sent, answered=answered)
        return cost_of(model, sent, answered)

    def at_once(self, name: str) -> int:
        model = self._models.get(name)
        return model.connection.max_parallel if model else DEMO_LINE.max_parallel


@dataclass(frozen=True)
class Judging:
    """A check that a model answers: which, and how often an answer is sent there."""

    model: str
    embeds: bool


def judgings(checks: Sequence[Mapping[str, Any]], judge: str, embedding: str) -> list[Judging]:
    found = []
    for check in checks:
        needs = KINDS[check["kind"]].needs if check["kind"] in KINDS else frozenset()
        own = str(check["settings"].get("model") or "")
        if "model" in needs:
            found.append(Judging(own or judge, embeds=False))
        elif "embedding" in needs:
            found.append(Judging(own or embedding, embeds=True))
    return found


def estimate(
    document: Mapping[str, Any],
    contents: Sequence[Document],
    prompt: Prompt,
    *,
    models: Sequence[str],
    repeats: int,
    judge: str,
    embedding: str,
) -> Estimate:
    """`contents`: what is tested and, where there is something live, that. Answers that may be
    reused are not taken off."""
    judges = judgings(document["checks"], judge, embedding)
    prices = Prices([*models, *(one.model for one in judges)])
    values = sum(len(str(case["values"])) for case in document["cases"])
    cases = len(document["cases"])
    usual = _usual(prompt, models)
    calls, seconds, cost = 0, 0.0, Known()
    for model in models:
        answered, latency = usual.get(model, (USUAL_TOKENS, _usual_latency(model)))
        for content in contents:
            sent = (values + _letters(content) * cases) // 4
            calls += cases * repeats
            cost.add(prices.cost(model, sent * repeats, round(answered * cases) * repeats))
            seconds += cases * repeats * latency / prices.at_once(model)
            for one in judges:
                calls += cases * repeats
                judged = (answered + JUDGED_TOKENS) * cases * repeats
                said = 0 if one.embeds else JUDGE_ANSWER * cases * repeats
                cost.add(prices.cost(one.model, round(judged), said))
                seconds += cases * repeats * _usual_latency(one.model) / prices.at_once(one.model)
    return Estimate(calls, cost.sum, max(1, round(seconds)))


class Known:
    """A sum that is not known as soon as one of its parts is not."""

    def __init__(self) -> None:
        self.sum: Decimal | None = Decimal(0)

    def add(self, part: Decimal | None) -> None:
        self.sum = None if self.sum is None or part is None else self.sum + part


def _usual(prompt: Prompt, models: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Model → (tokens of an answer, seconds), by the prompt's last runs."""
    last = list(Run.objects.filter(prompt=prompt).order_by("-pk").values_list("pk", flat=True)[:6])
    rows = Result.objects.filter(run__in=last, model__in=models, state=ResultState.DONE)
    each = rows.filter(reused_from=None).values("model")
    found = each.annotate(n=Count("pk"), said=Avg("output_tokens"), ms=Avg("latency_ms"))
    return {
        row["model"]: (row["said"] or USUAL_TOKENS, (row["ms"] or 0) / 1000)
        for row in found
        if row["n"] >= 5
    }


def _usual_latency(model: str) -> float:
    return 0.02 if model in DEMO_MODELS else USUAL_SECONDS


def _letters(content: Document) -> int:
    return sum(len(message["content"]) for message in compile_content(content).messages)
