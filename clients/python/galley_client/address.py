"""Where the server is, and what a request to it says."""

from __future__ import annotations

import os
import re
from urllib.parse import quote

from galley_client.errors import GalleyError
from galley_client.memory import Entry, Wanted

TIMEOUT = 5.0


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

    def of(self, wanted: Wanted) -> str:
        return f"{self.url}/api/v1/prompts/{quote(wanted.path, safe='/')}"

    def headers(self, entry: Entry) -> dict[str, str]:
        """Never printed: the key stands in it."""
        known = {"If-None-Match": entry.etag} if entry.answer is not None and entry.etag else {}
        return {"Authorization": f"Bearer {self._key}", "Accept": "application/json", **known}
