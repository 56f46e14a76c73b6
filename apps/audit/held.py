"""The record against its signed checkpoints, which lie outside the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import zip_longest

from apps.audit import checkpoints, merkle
from apps.audit.chain import Break, Walk
from apps.audit.checkpoints import GIVEN_UP, Checkpoint
from apps.audit.models import AuditEntry
from apps.audit.queries import walk_chain

CHUNK = 1000


@dataclass(frozen=True)
class Held:
    """How many entries checkpoints hold and how many came after; from where to where entries were
    given up, for an older database that was put back; the first entry that does not fit."""

    entries: int
    loose: int
    given_up: list[tuple[int, int]]
    broken: Break | None = None

    @property
    def report(self) -> str:
        """One line for each thing that there is to say."""
        if self.broken is not None:
            return f"Not what was signed: {self.broken.why}."
        said = f"It is what was signed: checkpoints hold {self.entries} entries, {self.loose} came"
        lines = [f"{said} after the newest."]
        lines += [
            f"Entries {first} to {last} were given up for an older database that was put back."
            for first, last in self.given_up
        ]
        return "\n".join(lines)


def held() -> Held:
    """Read every checkpoint, and the hash of every entry."""
    try:
        found = checkpoints.read_all(checkpoints.folder())
        signed, given_up = checkpoints.sealed(found)
        _require_roots(found)
    except (ValueError, KeyError, TypeError, OSError) as error:
        return Held(0, 0, [], Break(0, f"a checkpoint cannot be trusted: {error}"))
    rows = AuditEntry.objects.order_by("seq").values_list("hash", flat=True)
    here = 0
    for seq, (wanted, got) in enumerate(zip_longest(signed, rows.iterator(CHUNK)), 1):
        here += got is not None
        if wanted is not None and wanted != got:
            return Held(len(signed), 0, given_up, Break(seq, _why(seq, got)))
    return Held(len(signed), here - len(signed), given_up)


def walk_all() -> Walk:
    """The whole chain, and then what was signed of it."""
    seen = walk_chain()
    return seen if seen.broken else replace(seen, broken=held().broken)


def _why(seq: int, got: str | None) -> str:
    if got is None:
        return f"entry {seq}, which a checkpoint holds, is missing"
    return f"entry {seq} is not the one that a checkpoint holds"


def _require_roots(found: list[Checkpoint]) -> None:
    """Each root comes out of the hashes that stand at that point."""
    hashes: list[str] = []
    for one in found:
        if one["kind"] == GIVEN_UP:
            del hashes[one["entries"] :]
        hashes += one["hashes"]
        if len(hashes) != one["entries"]:
            raise ValueError(f"the one of {one['entries']} entries leaves some out")
    if found and merkle.root(merkle.grown([], hashes)).hex() != found[-1]["root"]:
        raise ValueError(f"the root of {len(hashes)} entries is not the signed one")
