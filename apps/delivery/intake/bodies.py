"""Unpacking a body, and never more of it than may be."""

from __future__ import annotations

import zlib

from apps.delivery.problems import MAX_BODY, Problem, echo, too_large

GZIP = 16 + zlib.MAX_WBITS


def unpacked(body: bytes, encoding: str, most: int = MAX_BODY) -> bytes:
    """The body as it was before it was packed. Problem 413 as soon as it grows too large, whatever
    it claims to be."""
    if len(body) > most:
        raise too_large()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        words = f"A body packed as “{echo(encoding)}” cannot be read. Send it plain or with gzip."
        raise Problem("unknown_encoding", words)
    return _from_gzip(body, most)


def _from_gzip(body: bytes, most: int) -> bytes:
    parts, size, rest = [], 0, body
    try:
        while rest:  # a gzip file may have several members
            reader = zlib.decompressobj(GZIP)
            part = reader.decompress(rest, most + 1 - size)
            size += len(part)
            if size > most:
                raise too_large()
            if not reader.eof:
                raise zlib.error("it ends too early")
            parts.append(part)
            rest = reader.unused_data
    except zlib.error:
        words = "The body does not hold what gzip packs. Send it plain, or whole."
        raise Problem("bad_body", words) from None
    return b"".join(parts)
