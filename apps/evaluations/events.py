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
UPDATE_STARTED = declare(
    "evaluations.update.started",
    "{actor} tested what happens when {target} is replaced; runs: {runs}",
    "update",
    "runs",
    "prompts",
    "repeats",
)
UPDATE_CANCELLED = declare(
    "evaluations.update.cancelled", "{actor} cancelled the model update {target}", "update", "runs"
)
UPDATE_FINISHED = declare(
    "evaluations.update.finished",
    "The model update {target} is tested: worse {worse}, better {better}, unchanged {unchanged},"
    " cannot tell {unclear}, no test {untested}",
    "update",
    "worse",
    "better",
    "unchanged",
    "unclear",
    "untested",
)
RATINGS_ASKED = declare(
    "evaluations.ratings.asked",
    "{actor} asked people for {target}; answers: {answers}, people: {people}",
    "run",
    "request",
    "answers",
    "people",
    "each",
    "way",
    "version",
)
RATINGS_CLOSED = declare(
    "evaluations.ratings.closed", "{actor} closed the request for {target}", "run", "request"
)
RATINGS_DONE = declare(
    "evaluations.ratings.done",
    "Everything that was asked for is rated: {target}; ratings: {ratings}",
    "run",
    "request",
    "ratings",
    "version",
)
RATER_DROPPED = declare(
    "evaluations.ratings.handed_on",
    "{actor} gave answers of {target} to other raters: {answers}",
    "run",
    "request",
    "person",
    "answers",
)
RATING_DECIDED = declare(
    "evaluations.rating.decided",
    "{actor} decided what counts where people disagree on an answer of {target}",
    "run",
    "result",
    "version",
)
SCHEDULE_MADE = declare(
    "evaluations.schedule.made",
    "{actor} made the test suite {target} run by itself ({every})",
    "schedule",
    "every",
    "prompts",
    "model",
    "tolerance",
)
SCHEDULE_CHANGED = declare(
    "evaluations.schedule.changed",
    "{actor} changed the {target}, which runs on their behalf now",
    "schedule",
    "suite",
)
SCHEDULE_PAUSED = declare(
    "evaluations.schedule.paused", "{actor} paused the {target}", "schedule", "suite"
)
SCHEDULE_RESUMED = declare(
    "evaluations.schedule.resumed", "{actor} resumed the {target}", "schedule", "suite"
)
SCHEDULE_ENDED = declare(
    "evaluations.schedule.ended", "{actor} ended the {target}", "schedule", "suite"
)
SCHEDULE_DUE = declare(
    "evaluations.schedule.due",
    "The {target} was due; runs: {runs}",
    "schedule",
    "suite",
    "runs",
    "due_at",
)
DRIFT_FOUND = declare(
    "evaluations.drift.found",
    "{target} {version} passes less than before with the same model",
    "alarm",
    "schedule",
    "run",
    "earlier",
    "version",
    "model",
    "passed_before",
    "passed_after",
    "low",
    "high",
    "tolerance",
)
DRIFT_ACKNOWLEDGED = declare(
    "evaluations.drift.acknowledged", "{actor} acknowledged the drift of {target}", "alarm", "run"
)
