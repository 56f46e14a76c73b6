"""Events of releases. The target is the prompt; `release` is an id, `version` a number."""

from __future__ import annotations

from apps.audit.registry import declare

_KEYS = ("release", "version", "revision", "replaced", "how", "review", "acknowledged", "share")

MADE = declare(
    "releases.release.made",
    "{actor} released {target} v{version} to {environment}",
    *_KEYS,
    denied="{actor} tried to release {target} v{version} to {environment}",
)
ROLLED_BACK = declare(
    "releases.release.rolled_back",
    "{actor} rolled {target} back to v{version} in {environment}",
    *_KEYS,
    denied="{actor} tried to roll {target} back to v{version} in {environment}",
)
STEPPED = declare(
    "releases.release.stepped",
    "{actor} gave {target} v{version} {share} % of the traffic in {environment}",
    *_KEYS,
    denied="{actor} tried to give {target} v{version} another share of {environment}",
)
