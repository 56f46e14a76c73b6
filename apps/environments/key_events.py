from __future__ import annotations

from apps.audit.registry import declare

KEY_CREATED = declare(
    "environments.key.created",
    "{actor} made the key {target} for {environment}",
    "namespaces",
    denied="{actor} tried to make a key for {environment}",
)
KEY_ROTATED = declare(
    "environments.key.rotated",
    "{actor} replaced the key {target} with a new one",
    "namespaces",
    "successor",
    denied="{actor} tried to replace the key {target}",
)
KEY_REVOKED = declare(
    "environments.key.revoked",
    "{actor} revoked the key {target}",
    "namespaces",
    denied="{actor} tried to revoke the key {target}",
)
