"""Which check fits the expected answers of a sheet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.evaluations.checks import KINDS
from apps.evaluations.new_case import NewCase

MOST_LABELS = 300
LONG = 60  # characters: what is longer is no label


def labels_in(cases: Sequence[NewCase]) -> list[str]:
    """The labels, where the expected answers look like labels: short, and few for so many cases."""
    given = [case.expected for case in cases if case.expected]
    labels = sorted(set(given))
    few = 1 < len(labels) <= MOST_LABELS and len(labels) <= max(2, len(given) // 2)
    return (
        labels if few and all(len(label) <= LONG and "\n" not in label for label in labels) else []
    )


def fitting_checks(cases: Sequence[NewCase]) -> list[tuple[str, dict[str, Any]]]:
    """(kind, settings), the likeliest first; none where nothing is expected."""
    if not any(case.expected for case in cases):
        return []
    labels = labels_in(cases)
    checks: list[tuple[str, dict[str, Any]]] = []
    if labels:
        checks.append(("label", {"labels": labels}))
    checks += [("equals", {}), ("contains", {}), ("wording", {}), ("rouge", {})]
    if not labels:
        checks.sort(key=lambda check: check[0] != "wording")
    return checks


def choices(cases: Sequence[NewCase]) -> list[tuple[str, str]]:
    return [(kind, KINDS[kind].sentence(settings)) for kind, settings in fitting_checks(cases)]
