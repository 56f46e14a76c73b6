from apps.evaluations.actions.cases import (
    add_case,
    change_case,
    import_cases,
    move_case,
    remove_case,
    remove_cases,
)
from apps.evaluations.actions.checks import add_check, change_check, order_checks, remove_check
from apps.evaluations.actions.requirements import (
    add_requirement,
    ask_removal,
    confirm_removal,
    keep_requirement,
)
from apps.evaluations.actions.runs import RunTerms, cancel_run, rerun_failed, start_run
from apps.evaluations.actions.suites import (
    archive_suite,
    change_suite,
    freeze_suite,
    make_suite,
    restore_suite,
)
from apps.evaluations.actions.trial_uses import keep_as_case, use_as_example, use_model
from apps.evaluations.actions.trials import (
    claim_answers,
    start_trial,
    stop_lost_answers,
    store_answer,
)
from apps.evaluations.actions.uploads import drop_upload, keep_upload

__all__ = [
    "RunTerms",
    "add_case",
    "add_check",
    "add_requirement",
    "archive_suite",
    "ask_removal",
    "cancel_run",
    "change_case",
    "change_check",
    "change_suite",
    "claim_answers",
    "confirm_removal",
    "drop_upload",
    "freeze_suite",
    "import_cases",
    "keep_as_case",
    "keep_requirement",
    "keep_upload",
    "make_suite",
    "move_case",
    "order_checks",
    "remove_case",
    "remove_cases",
    "remove_check",
    "rerun_failed",
    "restore_suite",
    "start_run",
    "start_trial",
    "stop_lost_answers",
    "store_answer",
    "use_as_example",
    "use_model",
]
