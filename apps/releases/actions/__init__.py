from apps.releases.actions.approved import release_approved
from apps.releases.actions.release import release_on_the_way, release_version
from apps.releases.actions.rollback import roll_back
from apps.releases.actions.rollout import step_rollout

__all__ = [
    "release_approved",
    "release_on_the_way",
    "release_version",
    "roll_back",
    "step_rollout",
]
