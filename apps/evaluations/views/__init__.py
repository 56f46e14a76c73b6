from apps.evaluations.views.cases import (
    add_case,
    case,
    cell,
    move_case,
    remove_cases,
    switch_case,
)
from apps.evaluations.views.checks import (
    add_check,
    check,
    move_check,
    remove_check,
    switch_check,
)
from apps.evaluations.views.suites import (
    add_difficult_cases,
    archive_suite,
    change_suite,
    make_suite,
    restore_suite,
    suite,
    suites,
)
from apps.evaluations.views.uploads import upload, upload_sheet

__all__ = [
    "add_case",
    "add_check",
    "add_difficult_cases",
    "archive_suite",
    "case",
    "cell",
    "change_suite",
    "check",
    "make_suite",
    "move_case",
    "move_check",
    "remove_cases",
    "remove_check",
    "restore_suite",
    "suite",
    "suites",
    "switch_case",
    "switch_check",
    "upload",
    "upload_sheet",
]
