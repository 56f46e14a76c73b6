from apps.evaluations.queries.cases import CaseList, listed_cases, tags_of
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
    free_name,
    home_of_suites,
    prompts_served,
    serves,
    suite_for,
    suites_for_namespace,
    suites_serving,
    visible_suites,
    with_counts,
)
from apps.evaluations.queries.uploads import upload_for
from apps.prompts.queries.prompts import writable_namespaces

__all__ = [
    "CaseList",
    "case_for",
    "check_for",
    "document_hash",
    "free_name",
    "frozen_as",
    "home_of_suites",
    "listed_cases",
    "prompts_served",
    "requirement_for",
    "requirement_words",
    "requirements_at",
    "requirements_from",
    "serves",
    "suite_document",
    "suite_for",
    "suites_for_namespace",
    "suites_serving",
    "tags_of",
    "upload_for",
    "visible_suites",
    "with_counts",
    "writable_namespaces",
]
