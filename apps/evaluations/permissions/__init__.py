from apps.evaluations.permissions.requirements import (
    can_add_requirement,
    can_ask_removal,
    can_be_required,
    can_confirm_removal,
    can_keep_requirement,
    can_see_requirement,
)
from apps.evaluations.permissions.runs import (
    can_cancel_run,
    can_rate_answer,
    can_rerun_failed,
    can_start_run,
    can_view_run,
)
from apps.evaluations.permissions.suites import (
    can_archive_suite,
    can_change_suite,
    can_freeze_suite,
    can_make_suite,
    can_restore_suite,
    can_upload_sheet,
    can_view_suite,
)
from apps.evaluations.permissions.trials import can_ask_trial, can_try_prompt, can_view_trial

__all__ = [
    "can_add_requirement",
    "can_archive_suite",
    "can_ask_removal",
    "can_ask_trial",
    "can_be_required",
    "can_cancel_run",
    "can_change_suite",
    "can_confirm_removal",
    "can_freeze_suite",
    "can_keep_requirement",
    "can_make_suite",
    "can_rate_answer",
    "can_rerun_failed",
    "can_restore_suite",
    "can_see_requirement",
    "can_start_run",
    "can_try_prompt",
    "can_upload_sheet",
    "can_view_run",
    "can_view_suite",
    "can_view_trial",
]
