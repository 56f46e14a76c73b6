"""Events of the trail itself. The target is the root namespace."""

from __future__ import annotations

from apps.audit.registry import declare

# `checkpoint`: SHA-256 of the one that the record does not reach; `signed`: the entries that it
# holds; `kept`: how many of them are the same here.
RESTORED = declare(
    "audit.restore.acknowledged",
    "{actor} acknowledged that an older database was put back: {kept} of {signed} entries are kept",
    "checkpoint", "signed", "kept",
)  # fmt: skip
