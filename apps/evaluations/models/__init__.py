from apps.evaluations.models.requirements import SuiteRequirement
from apps.evaluations.models.runs import Rating, Result, Run
from apps.evaluations.models.suites import Case, Check, Suite, SuiteVersion
from apps.evaluations.models.trials import Trial, TrialAnswer
from apps.evaluations.models.uploads import SheetUpload

__all__ = [
    "Case",
    "Check",
    "Rating",
    "Result",
    "Run",
    "SheetUpload",
    "Suite",
    "SuiteRequirement",
    "SuiteVersion",
    "Trial",
    "TrialAnswer",
]
