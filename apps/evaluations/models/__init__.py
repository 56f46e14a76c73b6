from apps.evaluations.models.suites import Case, Check, Suite, SuiteVersion

__all__ = ["Case", "Check", "Suite", "SuiteVersion"]
