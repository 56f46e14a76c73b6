"""From the verdicts of all checks to the verdict of a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.evaluations.checks.verdict import State, Verdict


@dataclass(frozen=True)
class CaseVerdict:
    """`share`: how much of the weight passes; `score`: the mean of the scores by weight."""

    state: State
    score: float | None
    share: float | None
    reason: str


def weigh(
    checks: Sequence[Mapping[str, Any]],
    verdicts: Mapping[str, Verdict],
    threshold: float | None = None,
) -> CaseVerdict:
    """`checks` as a suite's document has them (key, weight, required); `verdicts` by key.

    A required check that fails decides. Otherwise a check that could not run leaves the whole case
    open: neither pass nor fail. Checks that do not apply to the case count for nothing.
    """
    here = [(check, verdicts[check["key"]]) for check in checks if check["key"] in verdicts]
    here = [(check, verdict) for check, verdict in here if verdict.applies]
    for check, verdict in here:
        if check["required"] and verdict.state == "fail":
            return CaseVerdict("fail", _score(here), _share(here), verdict.reason)
    missing = len(checks) - sum(check["key"] in verdicts for check in checks)
    open_ = [verdict for _, verdict in here if verdict.state == "could_not_run"]
    if not here or missing or open_:
        reason = open_[0].reason if open_ else "No check applies to this case."
        return CaseVerdict("could_not_run", None, None, reason)
    share = _share(here)
    failed = [verdict for _, verdict in here if verdict.state == "fail"]
    if failed and threshold is not None:
        failed = failed if share is not None and share < threshold - 1e-9 else []
    passes = not failed
    reason = failed[0].reason if failed else "Every check passes."
    return CaseVerdict("pass" if passes else "fail", _score(here), share, reason)


Pair = tuple[Mapping[str, Any], Verdict]


def _share(here: Sequence[Pair]) -> float | None:
    """None where no check has a weight: then the required ones decide alone."""
    judged = [(check["weight"], verdict) for check, verdict in here if verdict.score is not None]
    total = sum(weight for weight, _ in judged)
    passed = sum(weight for weight, verdict in judged if verdict.state == "pass")
    return passed / total if total else None


def _score(here: Sequence[Pair]) -> float | None:
    judged = [(check["weight"], verdict.score) for check, verdict in here]
    known = [(weight, score) for weight, score in judged if score is not None]
    total = sum(weight for weight, _ in known)
    return sum(weight * score for weight, score in known) / total if total else None
