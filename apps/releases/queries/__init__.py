from apps.environments.queries import live_release, live_version
from apps.releases.queries.board import Board, Card, Column, board
from apps.releases.queries.past import (
    Target,
    how_it_comes,
    releases_of,
    rollback_targets,
    timeline,
)

__all__ = [
    "Board",
    "Card",
    "Column",
    "Target",
    "board",
    "how_it_comes",
    "live_release",
    "live_version",
    "releases_of",
    "rollback_targets",
    "timeline",
]
