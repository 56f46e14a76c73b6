"""What came of one row: plain values between the loop that asks and the rows that keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from apps.evaluations.states import ResultState


@dataclass(frozen=True)
class Outcome:
    result_id: int
    state: str = ResultState.DONE
    answer: str = ""
    tool_calls: tuple[dict[str, Any], ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    latency_ms: int | None = None
    cost: Decimal | None = None
    verdicts: Mapping[str, Any] = field(default_factory=dict)
    passed: bool | None = None
    score: float | None = None
    reused_from: int | None = None
    fingerprint: str = ""
    judging: str = ""
    error_code: str = ""
    error: str = ""

    def row(self) -> dict[str, Any]:
        """As the database reads it."""
        return {
            "id": self.result_id,
            "state": str(self.state),
            "answer": _kept(self.answer),
            "tool_calls": list(self.tool_calls),
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "latency_ms": self.latency_ms,
            "cost": None if self.cost is None else str(self.cost),
            "verdicts": dict(self.verdicts),
            "passed": self.passed,
            "score": self.score,
            "reused_from_id": self.reused_from,
            "fingerprint": self.fingerprint,
            "judging": self.judging,
            "error_code": self.error_code,
            "error": _kept(self.error),
        }


def not_run(result_id: int, code: str, sentence: str, cost: Decimal | None = None) -> Outcome:
    return Outcome(
        result_id, state=ResultState.COULD_NOT_RUN, error_code=code, error=sentence, cost=cost
    )


def _kept(text: str) -> str:
    """What PostgreSQL can keep: neither NUL nor halves of letters."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
