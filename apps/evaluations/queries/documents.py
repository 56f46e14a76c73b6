"""A suite as one document, and the bytes by which it is the same or another."""

from __future__ import annotations

from typing import Any

from apps.evaluations.checks.standing_alone import why_not_alone
from apps.evaluations.models import Suite, SuiteVersion
from apps.prompts.content import canonical_bytes, content_hash

SCHEMA = 1


def suite_document(suite: Suite) -> dict[str, Any]:
    """What a run judges by: the cases and checks that are switched on, in order."""
    cases = suite.cases.filter(enabled=True).order_by("position", "pk")
    return {
        "schema": SCHEMA,
        "threshold": suite.threshold,
        "cases": [
            {
                "key": str(case.key),
                "name": case.name,
                "values": case.values,
                "expected": case.expected,
                "tags": list(case.tags),
            }
            for case in cases
        ],
        "checks": checks_of(suite),
    }


def checks_of(suite: Suite) -> list[dict[str, Any]]:
    """The checks that are switched on, in order, as a document has them."""
    return [
        {
            "key": str(check.key),
            "kind": check.kind,
            "settings": check.settings,
            "weight": check.weight,
            "required": check.required,
        }
        for check in suite.checks.filter(enabled=True).order_by("position", "pk")
    ]


def checks_alone(suite: Suite) -> list[dict[str, Any]]:
    """Those of them that judge an answer to which no expected one is known."""
    return [check for check in checks_of(suite) if not why_not_alone(check)]


def document_hash(document: dict[str, Any]) -> tuple[str, int]:
    """Its hash, and how many bytes it has."""
    data = canonical_bytes(document)
    return content_hash(data), len(data)


def frozen_as(suite: Suite, digest: str) -> SuiteVersion | None:
    """The version of the suite that says exactly this."""
    return suite.versions.filter(content_hash=digest).first()


def standing_version(suite: Suite) -> SuiteVersion | None:
    """The version that says what the suite says now, if it was ever frozen so. Its cases are read
    only where something changed since it was frozen last."""
    known = SuiteVersion.objects.filter(standing__suite=suite).defer("document").first()
    return known or frozen_as(suite, document_hash(suite_document(suite))[0])
