"""Whom a call was for, as the server may know it."""

from __future__ import annotations

import hashlib


def mark(unit: str) -> str:
    """The unit itself never leaves the application. The server takes this for the same unit."""
    return f"sha256:{hashlib.sha256(unit.encode('utf-8', 'surrogatepass')).hexdigest()}"
