from apps.releases.views.bundles import release_together
from apps.releases.views.glass import break_glass, close_follow_up
from apps.releases.views.labels import move_label, remove_label
from apps.releases.views.release import release_version
from apps.releases.views.rollback import roll_back
from apps.releases.views.schedules import schedule_release, withdraw_schedule
from apps.releases.views.step import step_rollout
from apps.releases.views.waivers import decide_waiver, propose_waiver

__all__ = [
    "break_glass",
    "close_follow_up",
    "decide_waiver",
    "move_label",
    "propose_waiver",
    "release_together",
    "release_version",
    "remove_label",
    "roll_back",
    "schedule_release",
    "step_rollout",
    "withdraw_schedule",
]
