"""What a check says of one answer. What could not be judged is neither a pass nor a fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["pass", "fail", "could_not_run"]


@dataclass(frozen=True)
class Verdict:
    """`score` is a share from 0 to 1, where the kind has one; `reason` is for people."""

    state: State
    score: float | None
    reason: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def applies(self) -> bool:
        """False where the case gives the check nothing to go by: it counts for nothing there."""
        return not self.data.get("skipped", False)

    def as_json(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "score": self.score,
            "reason": self.reason,
            "data": dict(self.data),
        }


def verdict_from(kept: Mapping[str, Any]) -> Verdict:
    """The way back from `as_json`."""
    return Verdict(kept["state"], kept["score"], kept["reason"], kept.get("data", {}))


def judged(passes: bool, reason: str, score: float | None = None, **data: Any) -> Verdict:
    given = float(passes) if score is None else score
    return Verdict("pass" if passes else "fail", given, reason, data)


def could_not_run(reason: str, **data: Any) -> Verdict:
    return Verdict("could_not_run", None, reason, data)


def skipped(reason: str) -> Verdict:
    """The check does not apply to this case."""
    return Verdict("could_not_run", None, reason, {"skipped": True})


NO_EXPECTED = "This case has no expected answer, so this check does not apply to it."
