from apps.evaluations.models.requirements import SuiteRequirement
from apps.evaluations.models.suites import Case, Check, Suite, SuiteVersion

__all__ = ["Case", "Check", "Suite", "SuiteRequirement", "SuiteVersion"]
