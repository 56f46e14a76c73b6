from apps.evaluations.actions.cases import (
    add_case,
    change_case,
    import_cases,
    move_case,
    remove_case,
    remove_cases,
)
from apps.evaluations.actions.checks import add_check, change_check, order_checks, remove_check
from apps.evaluations.actions.drift import acknowledge_drift, mark_read, raise_alarm
from apps.evaluations.actions.planned import begin_planned
from apps.evaluations.actions.rating_decisions import decide_rating
from apps.evaluations.actions.rating_requests import (
    RatingTerms,
    ask_for_ratings,
    close_rating_request,
    drop_rater,
)
from apps.evaluations.actions.rating_tasks import rate_task, skip_task, take_back_task
from apps.evaluations.actions.ratings import rate_answer, take_back_rating
from apps.evaluations.actions.requirements import (
    add_requirement,
    ask_removal,
    confirm_removal,
    keep_requirement,
)
from apps.evaluations.actions.runs import RunTerms, cancel_run, rerun_failed, start_run
from apps.evaluations.actions.schedules import (
    ScheduleTerms,
    change_schedule,
    claim_schedule,
    end_schedule,
    make_schedule,
    pause_schedule,
    resume_schedule,
)
from apps.evaluations.actions.suites import (
    archive_suite,
    change_suite,
    freeze_suite,
    make_suite,
    restore_suite,
)
from apps.evaluations.actions.trial_uses import keep_as_case, save_to_draft, use_as_example
from apps.evaluations.actions.trials import (
    claim_answers,
    start_trial,
    stop_lost_answers,
    store_answer,
)
from apps.evaluations.actions.updates import cancel_update, finish_update, start_update
from apps.evaluations.actions.uploads import drop_upload, keep_upload

__all__ = [
    "RatingTerms",
    "RunTerms",
    "ScheduleTerms",
    "acknowledge_drift",
    "add_case",
    "add_check",
    "add_requirement",
    "archive_suite",
    "ask_for_ratings",
    "ask_removal",
    "begin_planned",
    "cancel_run",
    "cancel_update",
    "change_case",
    "change_check",
    "change_schedule",
    "change_suite",
    "claim_answers",
    "claim_schedule",
    "close_rating_request",
    "confirm_removal",
    "decide_rating",
    "drop_rater",
    "drop_upload",
    "end_schedule",
    "finish_update",
    "freeze_suite",
    "import_cases",
    "keep_as_case",
    "keep_requirement",
    "keep_upload",
    "make_schedule",
    "make_suite",
    "mark_read",
    "move_case",
    "order_checks",
    "pause_schedule",
    "raise_alarm",
    "rate_answer",
    "rate_task",
    "remove_case",
    "remove_cases",
    "remove_check",
    "rerun_failed",
    "restore_suite",
    "resume_schedule",
    "save_to_draft",
    "skip_task",
    "start_run",
    "start_trial",
    "start_update",
    "stop_lost_answers",
    "store_answer",
    "take_back_rating",
    "take_back_task",
    "use_as_example",
]
