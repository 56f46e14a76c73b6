"""Which checks say something of an answer that stands in no test: a live one, say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.evaluations.checks import KINDS
from apps.evaluations.checks.person import ByPerson


def why_not_alone(check: Mapping[str, Any], *, compares: bool = False) -> str:
    """Why a check (as a suite's document has it) cannot judge an answer to which no expected one is
    known; "" where it can. `compares`: there is another answer to compare with."""
    kind = KINDS.get(check["kind"])
    if kind is None:
        return f"This version of Galley knows no check “{check['kind']}”."
    if isinstance(kind, ByPerson):
        return "People judge it."
    if compares and kind.code == "judge_pair":
        return ""
    if kind.needs_expected(check["settings"]):
        return "It compares with the expected answer of a case."
    return ""
