"""What of the suites is written into the audit trail. Never the text of a case or an answer."""

from __future__ import annotations

from apps.audit.registry import declare

SUITE_MADE = declare(
    "evaluations.suite.made", "{actor} made the test suite {target}", "name", "cases"
)
SUITE_CHANGED = declare(
    "evaluations.suite.changed", "{actor} changed the test suite {target}", "name"
)
SUITE_ARCHIVED = declare(
    "evaluations.suite.archived", "{actor} archived the test suite {target}", "name"
)
SUITE_RESTORED = declare(
    "evaluations.suite.restored",
    "{actor} took the test suite {target} out of the archive",
    "name",
)
SUITE_FROZEN = declare(
    "evaluations.suite.frozen",
    "{actor} ran the test suite {target} as it stood: v{number}; cases: {cases}",
    "number",
    "cases",
    "content_hash",
)
CASES_IMPORTED = declare(
    "evaluations.cases.imported",
    "{actor} brought cases into the test suite {target}: {cases}",
    "cases",
    "source",
)
CASES_REMOVED = declare(
    "evaluations.cases.removed",
    "{actor} removed cases from the test suite {target}: {cases}",
    "cases",
)
CHECK_ADDED = declare(
    "evaluations.check.added", "{actor} added a check to {target}: {kind}", "check", "kind"
)
CHECK_CHANGED = declare(
    "evaluations.check.changed", "{actor} changed a check of {target}: {kind}", "check", "kind"
)
CHECK_REMOVED = declare(
    "evaluations.check.removed", "{actor} removed a check from {target}: {kind}", "check", "kind"
)
CHECKS_ORDERED = declare(
    "evaluations.checks.ordered", "{actor} put the checks of {target} in another order"
)
REQUIREMENT_ADDED = declare(
    "evaluations.requirement.added",
    "{actor} asked for the test suite {target} before a release to {environment}",
    "condition",
    "share",
)
REMOVAL_ASKED = declare(
    "evaluations.requirement.removal_asked",
    "{actor} proposed that {environment} no longer asks for {target}",
)
REQUIREMENT_KEPT = declare(
    "evaluations.requirement.kept",
    "{actor} let {environment} go on asking for {target}",
)
REQUIREMENT_REMOVED = declare(
    "evaluations.requirement.removed",
    "{actor} took away that {environment} asks for {target}",
    "asked_by",
)
RUN_STARTED = declare(
    "evaluations.run.started",
    "{actor} started {target} of a test suite; answers to ask for: {calls}",
    "run",
    "suite",
    "suite_version",
    "prompt",
    "version",
    "content_hash",
    "paired",
    "calls",
)
RUN_CANCELLED = declare("evaluations.run.cancelled", "{actor} cancelled {target}", "run")
RUN_AGAIN = declare(
    "evaluations.run.failed_again",
    "{actor} ran again what could not run in {target}: {calls}",
    "run",
    "calls",
)
RUN_FINISHED = declare(
    "evaluations.run.finished",
    "{target} of a test suite finished: {state}; passed {passed}, failed {failed},"
    " could not run {could_not_run}",
    "run",
    "state",
    "passed",
    "failed",
    "open",
    "could_not_run",
    "suite_version",
    "version",
    "content_hash",
    "judge_version",
)
