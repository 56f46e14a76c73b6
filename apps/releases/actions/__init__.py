from apps.releases.actions.approved import release_approved
from apps.releases.actions.bundles import Wanted, release_bundle
from apps.releases.actions.glass import break_glass, close_follow_up, tell_overdue
from apps.releases.actions.labels import move_label, remove_label
from apps.releases.actions.planned import retreat, step_as_planned
from apps.releases.actions.release import release_on_the_way, release_version
from apps.releases.actions.rollback import roll_back
from apps.releases.actions.rollout import step_rollout
from apps.releases.actions.schedules import (
    refuse_schedule,
    run_schedule,
    schedule_release,
    withdraw_schedule,
)
from apps.releases.actions.sharing import Share, end_sharing, share_traffic
from apps.releases.actions.waivers import confirm_waiver, propose_waiver, withdraw_waiver

__all__ = [
    "Share",
    "Wanted",
    "break_glass",
    "close_follow_up",
    "confirm_waiver",
    "end_sharing",
    "move_label",
    "propose_waiver",
    "refuse_schedule",
    "release_approved",
    "release_bundle",
    "release_on_the_way",
    "release_version",
    "remove_label",
    "retreat",
    "roll_back",
    "run_schedule",
    "schedule_release",
    "share_traffic",
    "step_as_planned",
    "step_rollout",
    "tell_overdue",
    "withdraw_schedule",
    "withdraw_waiver",
]
