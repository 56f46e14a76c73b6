"""Where the server is, and what a request to it says."""

from __future__ import annotations

import hashlib
import os
import re
from urllib.parse import quote, urlsplit

from galley_client.errors import GalleyError

TIMEOUT = 5.0
PROMPTS = "/api/v1/prompts/"


class Address:
    """From the arguments, else from GALLEY_URL and GALLEY_KEY."""

    def __init__(self, url: str | None, key: str | None) -> None:
        self.url = (url or os.environ.get("GALLEY_URL", "")).rstrip("/")
        self._key = (key or os.environ.get("GALLEY_KEY", "")).strip()
        if not self.url.startswith(("http://", "https://")):
            raise GalleyError(
                "Set GALLEY_URL to the address of Galley, such as https://galley.example."
            )
        if not self._key:
            raise GalleyError("Set GALLEY_KEY to a read key of Galley.")
        if not re.fullmatch(r"[\x21-\x7e]+", self._key):
            raise GalleyError("GALLEY_KEY is no key: it holds a space or a strange character.")

    @property
    def environment(self) -> str:
        """The environment that the key names; empty if it is no key of the usual form."""
        parts = self._key.rsplit("_", 4)
        named = len(parts) == 5 and parts[0].startswith("gly_")
        return parts[0].removeprefix("gly_") if named else ""

    @property
    def identity(self) -> str:
        """Server and environment in one word, so that a changed key keeps what is on the disk."""
        whom = self.environment or hashlib.sha256(self._key.encode()).hexdigest()
        return hashlib.sha256(f"{self.url}\n{whom}".encode()).hexdigest()[:16]

    def of(self, path: str) -> str:
        """The address of a prompt."""
        return f"{self.url}{PROMPTS}{quote(path, safe='/')}"

    def at(self, path: str) -> str:
        """Another address of the server."""
        return self.url + path

    def is_ours(self, url: str) -> bool:
        """Whether the key may be sent there."""
        ours, theirs = urlsplit(self.url), urlsplit(url)
        return (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc)

    def headers(self, etag: str = "") -> dict[str, str]:
        """Never printed: the key stands in it."""
        known = {"If-None-Match": etag} if etag else {}
        own = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return {"Authorization": f"Bearer {self._key}", **own, **known}
