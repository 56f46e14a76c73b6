"""How an answer says that its prompt is deprecated: RFC 9745, RFC 8594, RFC 5829. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

PROMPTS = "/api/v1/prompts/"


def headers(deprecated: Mapping[str, Any] | None) -> list[tuple[bytes, bytes]]:
    """`deprecated` as the answer has it: since, sunset, successor."""
    if deprecated is None:
        return []
    since = datetime.fromisoformat(deprecated["since"].replace("Z", "+00:00"))
    found = [(b"deprecation", f"@{int(since.timestamp())}".encode())]
    if deprecated["sunset"]:
        found.append((b"sunset", format_datetime(_end_of(deprecated["sunset"]), True).encode()))
    if deprecated["successor"]:
        link = f'<{PROMPTS}{deprecated["successor"]}>; rel="successor-version"'
        found.append((b"link", link.encode()))
    return found


def _end_of(day: str) -> datetime:
    """The sunset is the last day of service, in UTC."""
    return datetime.combine(datetime.fromisoformat(day).date(), time(), UTC) + timedelta(days=1)
