from __future__ import annotations

from apps.audit.registry import declare

KEEPING_SET = declare(
    "delivery.keeping.set",
    "{actor} set what is kept of the calls in {target}",
    denied="{actor} tried to set what is kept of the calls in {target}",
)
KEEPING_REMOVED = declare(
    "delivery.keeping.removed",
    "{actor} removed what {target} says of keeping calls; the rule above it holds again",
    denied="{actor} tried to remove what {target} says of keeping calls",
)
