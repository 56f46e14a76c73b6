"""Addresses of static files: each carries the digest of its content, so none is held too long."""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


class DatedStaticFiles(StaticFilesStorage):
    def url(self, name: str | None) -> str:
        address = super().url(name)
        mark = _digest(str(name))
        return f"{address}?v={mark}" if mark else address


@cache
def _digest(name: str) -> str:
    found = finders.find(name)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:12] if found else ""
