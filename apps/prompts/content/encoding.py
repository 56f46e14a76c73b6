"""The bytes of a document (RFC 8785), their hash, and the way back."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import rfc8785

from apps.prompts.content.shape import MAX_DEPTH, MAX_VERSION_BYTES, Document
from apps.prompts.content.text import ContentError, Problem

TOO_DEEP = f"The content is nested deeper than {MAX_DEPTH} levels. Make it flatter."
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NOT_BRACKET = bytes(set(range(256)) - set(b"[]{}"))


def canonical_bytes(document: Any) -> bytes:
    try:
        return rfc8785.dumps(document)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError) as error:
        raise ContentError(Problem("", f"The content cannot be stored: {error}.")) from error
    except RecursionError as error:
        raise ContentError(Problem("", TOO_DEEP)) from error


def content_hash(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def too_large(size: int) -> str:
    if size <= MAX_VERSION_BYTES:
        return ""
    return (
        f"This version holds {-(-size // 1024):,} KiB; the most is "
        f"{MAX_VERSION_BYTES // 1024:,} KiB. Shorten it before you save a version."
    )


def parse(data: bytes) -> Document:
    """Reads a document; its shape is not checked. Size and depth are, before the JSON parser."""
    if sentence := too_large(len(data)):
        raise ContentError(Problem("", sentence))
    if _too_deep(data):
        raise ContentError(Problem("", TOO_DEEP))
    try:
        document = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except ValueError as error:
        raise ContentError(Problem("", f"This is not readable JSON: {error}.")) from error
    if not isinstance(document, dict):
        raise ContentError(Problem("", "The content must be one JSON object."))
    return document


def _too_deep(data: bytes) -> bool:
    """Takes away the innermost brackets first, at C speed; only what is left is counted."""
    brackets = _STRING.sub(b"", data).translate(None, _NOT_BRACKET)
    for _ in range(MAX_DEPTH // 2):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a field appears twice in one object")
    return found


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
