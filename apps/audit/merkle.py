"""The hash of a growing list, as in Certificate Transparency (RFC 6962, section 2.1): leaves and
inner nodes are hashed apart, the left part of a tree is the largest full one. Pure.

`peaks` are the roots of the full trees that the list is made of, the largest first: enough to go on
from, and to tell the root.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

Peaks = list[tuple[int, bytes]]  # size of each full tree and its root


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(peaks: Peaks, hashes: Iterable[str]) -> Peaks:
    """The peaks after these entries, named by their hashes in hexadecimal."""
    found = list(peaks)
    for text in hashes:
        size, root = 1, leaf(bytes.fromhex(text))
        while found and found[-1][0] == size:
            root = node(found.pop()[1], root)
            size *= 2
        found.append((size, root))
    return found


def root(peaks: Peaks) -> bytes:
    """The root over all of them; of nothing, the hash of nothing."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    found = peaks[-1][1]
    for _size, peak in reversed(peaks[:-1]):
        found = node(peak, found)
    return found
