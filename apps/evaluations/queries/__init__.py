from apps.evaluations.queries.cases import CaseList, listed_cases, tags_of
from apps.evaluations.queries.documents import document_hash, frozen_as, suite_document
from apps.evaluations.queries.outputs import Outputs, outputs_for
from apps.evaluations.queries.requirements import (
    requirement_for,
    requirement_words,
    requirements_at,
    requirements_from,
)
from apps.evaluations.queries.runs import latest_run, run_for, runs_of_prompt, runs_of_suite
from apps.evaluations.queries.suite_gates import SuiteGate, runs_to_do, suite_gates
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
from apps.evaluations.queries.summaries import Counts, RunSummary, counts_of, run_summary
from apps.evaluations.queries.uploads import upload_for
from apps.prompts.queries.prompts import writable_namespaces

__all__ = [
    "CaseList",
    "Counts",
    "Outputs",
    "RunSummary",
    "SuiteGate",
    "case_for",
    "check_for",
    "counts_of",
    "document_hash",
    "free_name",
    "frozen_as",
    "home_of_suites",
    "latest_run",
    "listed_cases",
    "outputs_for",
    "prompts_served",
    "requirement_for",
    "requirement_words",
    "requirements_at",
    "requirements_from",
    "run_for",
    "run_summary",
    "runs_of_prompt",
    "runs_of_suite",
    "runs_to_do",
    "serves",
    "suite_document",
    "suite_for",
    "suite_gates",
    "suites_for_namespace",
    "suites_serving",
    "tags_of",
    "upload_for",
    "visible_suites",
    "with_counts",
    "writable_namespaces",
]
