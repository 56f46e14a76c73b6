"""The shares of a release by steps, as the value that a release keeps and the delivery tells."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from apps.releases.assignment import WHOLE

SALT_BYTES = 16
Split = dict[str, Any]  # of environments.models.Release


def new_split(before: int, version: int, share: int) -> Split:
    """`share` percent for version number `version`, the rest for what was live `before`. A salt of
    its own: nobody is the first in every rollout."""
    return {
        "id": str(uuid.uuid4()),
        "salt": secrets.token_urlsafe(SALT_BYTES),
        "unit": "unit",
        "arms": [
            {"arm": "a", "version": before, "weight": WHOLE - share},
            {"arm": "b", "version": version, "weight": share},
        ],
    }


def with_share(split: Split, share: int) -> Split:
    """The same split with another share for its last arm; the first takes up the rest."""
    first, last = split["arms"]
    arms = [{**first, "weight": WHOLE - share}, {**last, "weight": share}]
    return {**split, "arms": arms}
