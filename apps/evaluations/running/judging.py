"""All checks of a suite on one answer, judges and embeddings asked over their lines."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.evaluations.asked import digest
from apps.evaluations.checks import (
    JUDGE_VERSION,
    KINDS,
    Answered,
    ByPerson,
    CaseValues,
    JudgeQuestion,
    Kind,
    Verdict,
    could_not_run,
)
from apps.llm.asking import Unanswered

log = logging.getLogger("galley.evaluations")


@dataclass(frozen=True)
class Reply:
    text: str
    cost: Decimal | None = None


@dataclass
class Judged:
    """The verdicts by the key of their check, and what judging cost."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    cost: Decimal = Decimal(0)


Ask = Callable[[JudgeQuestion], Awaitable[Reply]]


async def judge(
    checks: Sequence[Mapping[str, Any]],
    answer: Answered,
    case: CaseValues,
    other: Answered | None,
    ask: Ask,
) -> Judged:
    """Never raises: a check that breaks could not run, and the others go on."""
    found = Judged()
    for check in checks:
        try:
            verdict = await _one(check, answer, case, other, ask, found)
        except Unanswered as error:
            verdict = could_not_run(f"The judge could not be asked: {error.sentence}")
        except Exception:
            log.exception("the check %s broke", check["kind"])
            verdict = could_not_run("This check had an error of its own.")
        found.verdicts[check["key"]] = verdict
    return found


async def _one(
    check: Mapping[str, Any],
    answer: Answered,
    case: CaseValues,
    other: Answered | None,
    ask: Ask,
    found: Judged,
) -> Verdict:
    kind: Kind | None = KINDS.get(check["kind"])
    if kind is None:
        return could_not_run(f"This version of Galley knows no check “{check['kind']}”.")
    settings = check["settings"]
    if isinstance(kind, ByPerson):
        return kind.rate([], settings)
    if not kind.needs:
        return kind.judge(answer, case, settings)
    replies = []
    for question in kind.questions(answer, case, settings, other):
        reply = await ask(question)
        found.cost += reply.cost or 0
        replies.append(reply.text)
    return kind.read(replies, answer, case, settings, other)


def needs_other(checks: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a check compares with the answer of what is live."""
    return any(check["kind"] == "judge_pair" for check in checks)


def judging_of(
    document: Mapping[str, Any], case: Mapping[str, Any], judge: str, embedding: str, other: str
) -> str:
    """Equal where everything is that the verdicts of equal answers depend on."""
    facts = [
        JUDGE_VERSION, document["checks"], document["threshold"], judge, embedding, other,
        case["values"], case["expected"], case["tags"],
    ]  # fmt: skip
    return digest(facts)


def vector_text(vector: Sequence[float]) -> str:
    return json.dumps(list(vector))
