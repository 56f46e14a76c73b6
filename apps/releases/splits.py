"""The shares of a release by steps, as the value that a release keeps and the delivery tells."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from apps.releases.assignment import OUTSIDE, WHOLE, Condition

SALT_BYTES = 16
LETTERS = "abcdef"
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


def shared(arms: Sequence[tuple[int, int]], audience: Sequence[Condition] = ()) -> Split:
    """The split of an experiment between (version number, percent), what is live first; among
    those alone who fit every condition of the audience, if there is one."""
    only = {"audience": {"all": [dict(condition) for condition in audience]}} if audience else {}
    return {
        **only,
        "id": str(uuid.uuid4()),
        "salt": secrets.token_urlsafe(SALT_BYTES),
        "unit": "unit",
        "arms": [
            {"arm": LETTERS[place], "version": version, "weight": weight}
            for place, (version, weight) in enumerate(arms)
        ],
    }


def as_told(split: Split) -> Split:
    """The split as an answer tells it. `arms` are for calls outside of the audience, so whoever
    knows nothing of audiences gives everybody what was live before, under a name of its own."""
    audience, arms = split.get("audience"), split["arms"]
    if audience is None:
        return {**split, "audience": None}
    outside = {"arm": OUTSIDE, "version": arms[0]["version"], "weight": WHOLE}
    others = [{**arm, "weight": 0} for arm in arms]
    return {**split, "arms": [outside, *others], "audience": {**audience, "arms": arms}}


def with_share(split: Split, share: int) -> Split:
    """The same split with another share for its last arm; the first takes up the rest."""
    first, last = split["arms"]
    arms = [{**first, "weight": WHOLE - share}, {**last, "weight": share}]
    return {**split, "arms": arms}
