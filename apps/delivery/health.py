"""GET /healthz/live and /healthz/ready, for whoever starts and balances processes."""

from __future__ import annotations

import json

from apps.core.stopping import is_stopping
from apps.delivery.process import STORE

LIVE_PATH, READY_PATH = "/healthz/live", "/healthz/ready"


def health(path: str) -> tuple[int, bytes]:
    """Live: this process runs; nothing else counts, so that nobody ends it for a database that is
    away. Ready: it can answer fetches, if need be from its snapshot, and is not about to stop."""
    if path == LIVE_PATH:
        return 200, b'{"live": true}'
    ready = STORE.loaded and not is_stopping()
    told = {"ready": ready, "stale": STORE.stale, "stopping": is_stopping(), "sequence": STORE.seq}
    return (200 if ready else 503), json.dumps(told).encode()
