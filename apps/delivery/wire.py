"""Header lines as RFC 9112 writes them: made once for an answer that is sent many times. Pure."""

from __future__ import annotations

from collections.abc import Iterable

Headers = Iterable[tuple[bytes, bytes]]


def lines(headers: Headers) -> bytes:
    """ValueError where one holds a line break."""
    made = [b"%b: %b\r\n" % header for header in headers]
    head = b"".join(made)
    if head.count(b"\n") != len(made) or head.count(b"\r") != len(made):
        raise ValueError("a header holds a line break")
    return head


def pairs(head: bytes) -> list[tuple[bytes, bytes]]:
    """What `lines` was given, for servers that write the lines themselves."""
    parts = (line.partition(b": ") for line in head.split(b"\r\n")[:-1])
    return [(name, value) for name, _, value in parts]
