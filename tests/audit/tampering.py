"""A superuser rewrites the trail: any of the ways of assurance.md T22, and what must be named."""

from __future__ import annotations

import copy
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

from apps.audit.chain import GENESIS, HASHED_FIELDS, entry_hash
from apps.audit.models import AuditEntry
from apps.audit.proof import walked_fields

Rows = list[dict[str, Any]]
COLUMNS = [name for name in (*HASHED_FIELDS, "hash") if name != "seq"]


def rows() -> Rows:
    return list(walked_fields(AuditEntry.objects.all()))


def lines(found: Rows) -> list[bytes]:
    return [json.dumps(row, ensure_ascii=False).encode() for row in found]


def first_difference(before: Rows, after: Rows) -> int | None:
    """The first number at which the record is not what it was; None where nothing changed."""
    for seq, (old, new) in enumerate(zip(before, after, strict=False), 1):
        if old != new:
            return seq
    return None if len(before) == len(after) else min(len(before), len(after)) + 1


def rechained(found: Rows) -> Rows:
    """Numbered, linked and hashed anew: what the chain alone cannot tell from an honest record."""
    previous = GENESIS
    for seq, row in enumerate(found, 1):
        row |= {"seq": seq, "previous_hash": previous}
        row["hash"] = previous = entry_hash(row)
    return found


def edit(found: Rows, chance: random.Random) -> Rows:
    row, column = chance.choice(found), chance.choice(COLUMNS)
    return _edited(found, row, column, chance)


def _edited(found: Rows, row: dict[str, Any], column: str, chance: random.Random) -> Rows:
    value = row[column]
    if column == "at":
        row[column] = value[:-2] + str((int(value[-2]) + 1) % 10) + "Z"
    elif isinstance(value, str):
        row[column] = ("f" if value[:1] == "e" else "e") + value[1:]
    elif isinstance(value, int) or column == "namespace_id":  # none where it stands above all
        row[column] = (value or 0) + chance.randrange(1, 9)
    else:
        row[column] = {"x": chance.random()} if column != "on_behalf" else ["person:1"]
    return found


def rename(found: Rows, chance: random.Random) -> Rows:
    row = chance.choice([row for row in found if row["actor_label"] is not None])
    row["actor_label"] += "x"
    return found


def delete_first(found: Rows, chance: random.Random) -> Rows:
    return found[1:]


def delete_middle(found: Rows, chance: random.Random) -> Rows:
    del found[chance.randrange(1, len(found) - 1)]
    return found


def drop_tail(found: Rows, chance: random.Random) -> Rows:
    return found[: -chance.randrange(1, len(found))]


def insert(found: Rows, chance: random.Random) -> Rows:
    at = chance.randrange(len(found))
    found.insert(at, {**found[at], "reason": uuid.UUID(int=chance.getrandbits(128)).hex})
    return _numbered(found)


def swap(found: Rows, chance: random.Random) -> Rows:
    one, two = sorted(chance.sample(range(len(found)), 2))
    found[one], found[two] = found[two], found[one]
    return _numbered(found)


def _numbered(found: Rows) -> Rows:
    """A table holds each number once."""
    return [{**row, "seq": seq} for seq, row in enumerate(found, 1)]


def replace_table(found: Rows, chance: random.Random) -> Rows:
    kept = [{**row, "reason": f"{row['reason']}."} for row in found]
    return rechained(kept)


def and_rechain(way: Callable[[Rows, random.Random], Rows]) -> Callable[..., Rows]:
    def run(found: Rows, chance: random.Random) -> Rows:
        return rechained(way(found, chance))

    run.__name__ = f"{way.__name__}_and_rechain"
    return run


SINGLE = (edit, rename, delete_first, delete_middle, drop_tail, insert, swap)
WAYS: tuple[Callable[[Rows, random.Random], Rows], ...] = (
    *SINGLE,
    *map(and_rechain, (edit, delete_first, delete_middle, insert, swap)),
    replace_table,
)


def tampered(before: Rows, way: Callable[..., Rows], chance: random.Random) -> Rows:
    """A rewritten record that differs from the honest one."""
    while True:
        after = way(copy.deepcopy(before), chance)
        if first_difference(before, after) is not None:
            return after


def put_into_table(found: Rows, root: Any) -> None:
    """As superuser, triggers off: the table holds exactly these rows, in this order."""
    names = [*HASHED_FIELDS, "hash"]
    marks = ", ".join(["%s"] * len(names))
    root.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER ALL")
    root.execute("DELETE FROM audit_auditentry")
    with root.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO audit_auditentry ({', '.join(names)}) VALUES ({marks})",
            [[_value(name, row[name]) for name in names] for row in found],
        )
    root.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER ALL")


def _value(name: str, value: Any) -> Any:
    from psycopg.types.json import Jsonb

    jsonish = name in ("on_behalf", "before", "after", "data")
    return Jsonb(value) if jsonish and value is not None else value
