from apps.evaluations.permissions.suites import (
    can_archive_suite,
    can_change_suite,
    can_freeze_suite,
    can_make_suite,
    can_restore_suite,
    can_view_suite,
)

__all__ = [
    "can_archive_suite",
    "can_change_suite",
    "can_freeze_suite",
    "can_make_suite",
    "can_restore_suite",
    "can_view_suite",
]
