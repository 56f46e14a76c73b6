from __future__ import annotations

import json
import math
from collections.abc import Sequence

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, could_not_run, judged, skipped

NONSENSE = "The embedding did not come back as numbers, so the meanings cannot be compared."


class Meaning(Kind):
    code = "meaning"
    label = "Similar meaning"
    group = "Likeness"
    help = "Close in meaning to the expected answer, by the embeddings of a connected model."
    needs = frozenset({"embedding"})
    uses_expected = True
    fields = (
        Field("at_least", "At least", "number", 0.8, low=0, high=1, required=True, stricter="more"),
        Field("model", "The embedding", help="Empty: the one that the run is told."),
    )

    def sentence(self, settings: Settings) -> str:
        at_least = self.filled(settings)["at_least"]
        return f"Means the same as the expected answer, at least {at_least:.2f}"

    def questions(
        self, answer: Answered, case: CaseValues, settings: Settings, other: Answered | None = None
    ) -> list[JudgeQuestion]:
        if not case.expected.strip() or not answer.text.strip():
            return []
        model = self.filled(settings)["model"]
        return [JudgeQuestion(model=model, embed=text) for text in (answer.text, case.expected)]

    def read(
        self,
        replies: Sequence[str],
        answer: Answered,
        case: CaseValues,
        settings: Settings,
        other: Answered | None = None,
    ) -> Verdict:
        if not case.expected.strip():
            return skipped(NO_EXPECTED)
        if not answer.text.strip():
            return judged(False, "The answer is empty.")
        vectors = [_vector(reply) for reply in replies]
        if len(vectors) != 2 or not all(vectors) or len(vectors[0]) != len(vectors[1]):
            return could_not_run(NONSENSE)
        score = max(0.0, min(1.0, cosine(vectors[0], vectors[1])))
        passes = score >= self.filled(settings)["at_least"]
        return judged(passes, f"The likeness in meaning is {score:.2f}.", score)


def _vector(reply: str) -> list[float]:
    try:
        found = [float(number) for number in json.loads(reply)]
    except (ValueError, TypeError, RecursionError):
        return []
    return found if all(map(math.isfinite, found)) else []


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    length = math.hypot(*a) * math.hypot(*b)
    return sum(x * y for x, y in zip(a, b, strict=True)) / length if length else 0.0
