from apps.evaluations.models.planned import DriftAlarm, ModelUpdate, PlannedRun, SuiteSchedule
from apps.evaluations.models.ratings import Rating, RatingDecision, RatingRequest, RatingTask
from apps.evaluations.models.requirements import SuiteRequirement
from apps.evaluations.models.runs import Result, Run
from apps.evaluations.models.suites import Case, Check, Suite, SuiteStanding, SuiteVersion
from apps.evaluations.models.trials import Trial, TrialAnswer
from apps.evaluations.models.uploads import SheetUpload

__all__ = [
    "Case",
    "Check",
    "DriftAlarm",
    "ModelUpdate",
    "PlannedRun",
    "Rating",
    "RatingDecision",
    "RatingRequest",
    "RatingTask",
    "Result",
    "Run",
    "SheetUpload",
    "Suite",
    "SuiteRequirement",
    "SuiteSchedule",
    "SuiteStanding",
    "SuiteVersion",
    "Trial",
    "TrialAnswer",
]
