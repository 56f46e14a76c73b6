"""The kinds of checks. Pure: no rows, no network. Who asks a model or a person does it outside."""

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.contains import Contains
from apps.evaluations.checks.equals import Equals
from apps.evaluations.checks.kind import Kind
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, verdict_from

KINDS: dict[str, Kind] = {kind.code: kind for kind in (Equals(), Contains())}

__all__ = [
    "KINDS",
    "Answered",
    "CaseValues",
    "Field",
    "JudgeQuestion",
    "Kind",
    "Verdict",
    "could_not_run",
    "verdict_from",
]
