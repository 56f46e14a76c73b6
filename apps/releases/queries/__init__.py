from apps.environments.queries import live_release, live_version
from apps.releases.queries.board import Board, Card, Column, board
from apps.releases.queries.past import (
    Target,
    how_it_comes,
    releases_of,
    rollback_targets,
    timeline,
)
from apps.releases.queries.rollouts import PRESETS, Rollout, rollout_of, running_rollout

__all__ = [
    "PRESETS",
    "Board",
    "Card",
    "Column",
    "Rollout",
    "Target",
    "board",
    "how_it_comes",
    "live_release",
    "live_version",
    "releases_of",
    "rollback_targets",
    "rollout_of",
    "running_rollout",
    "timeline",
]
