from apps.evaluations.queries.documents import document_hash, frozen_as, suite_document
from apps.evaluations.queries.requirements import (
    requirement_for,
    requirement_words,
    requirements_at,
    requirements_from,
)
from apps.evaluations.queries.suites import (
    case_for,
    check_for,
    serves,
    suite_for,
    suites_for_namespace,
    suites_serving,
    visible_suites,
    with_counts,
)

__all__ = [
    "case_for",
    "check_for",
    "document_hash",
    "frozen_as",
    "requirement_for",
    "requirement_words",
    "requirements_at",
    "requirements_from",
    "serves",
    "suite_document",
    "suite_for",
    "suites_for_namespace",
    "suites_serving",
    "visible_suites",
    "with_counts",
]
