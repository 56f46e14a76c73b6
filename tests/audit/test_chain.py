"""The walk over the chain on values: what it names, and what it lets pass."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys

import pytest

from apps.audit.chain import (
    GENESIS,
    HASHED_FIELDS,
    Break,
    entry_hash,
    label_hash,
    read_lines,
    report,
    walk,
)
from tests.architecture.source import ROOT


def chain(length: int = 6):
    """Entries as an export holds them, each after the one before it."""
    entries, previous = [], GENESIS
    for seq in range(1, length + 1):
        labels = {
            "actor_label": "Ana",
            "actor_salt": "s1",
            "target_label": "v1",
            "target_salt": "s2",
        }
        fields = {
            "seq": seq, "schema": 1, "at": f"2026-11-20T10:00:0{seq}.000000Z",
            "event": "teams.team.created", "outcome": "done", "actor_kind": "person",
            "actor_id": "7", "actor_label_hash": label_hash("s1", "Ana"), "on_behalf": [],
            "target_kind": "team", "target_id": str(seq),
            "target_label_hash": label_hash("s2", "v1"),
            "namespace_id": None, "environment": "", "reason": "é", "before": None,
            "after": {"name": "x", "n": 1.5}, "data": {}, "source": "web", "address": "127.0.0.1",
            "request_id": "r", "transaction_id": 700 + seq, "previous_hash": previous,
        }  # fmt: skip
        previous = entry_hash(fields)
        entries.append({**fields, "hash": previous, **labels})
    return entries


def test_walk_whole_chain_fits():
    seen = walk(chain())

    assert (seen.entries, seen.erased, seen.broken) == (6, 0, None)


@pytest.mark.parametrize("column", [*HASHED_FIELDS, "hash"])
def test_t22_walk_names_an_edited_column(column):
    entries = chain()
    value = entries[2][column]
    entries[2][column] = value + 1 if isinstance(value, int) else f"{value}x"

    seen = walk(entries)

    assert seen.broken is not None
    assert (seen.broken.seq, seen.entries) == (3, 2)


@pytest.mark.parametrize("gone", [0, 2, 4])
def test_t22_walk_names_a_deleted_entry(gone):
    entries = chain()
    del entries[gone]

    seen = walk(entries)

    assert seen.broken == Break(gone + 1, f"entry {gone + 1} is missing")


def test_t22_walk_names_an_inserted_entry():
    entries = chain()
    entries.insert(3, copy.deepcopy(entries[2]))

    seen = walk(entries)

    assert seen.broken == Break(3, "entry 3 stands where entry 4 belongs")


def test_t22_walk_names_the_first_of_two_swapped_entries():
    entries = chain()
    entries[1], entries[4] = entries[4], entries[1]

    assert walk(entries).broken == Break(2, "entry 2 is missing")


def test_t22_walk_names_swapped_contents():
    entries = chain()
    entries[1]["reason"], entries[4]["reason"] = "other", entries[1]["reason"]

    assert walk(entries).broken == Break(2, "entry 2 was changed after it was written")


def test_t22_walk_names_an_entry_with_a_recomputed_hash():
    entries = chain()
    entries[2]["reason"] = "other"
    entries[2]["hash"] = entry_hash(entries[2])

    assert walk(entries).broken == Break(4, "entry 4 does not follow entry 3")


def test_t22_random_tampering_is_found_and_clean_chains_pass():
    chance = random.Random(22)
    missed = 0
    for _ in range(200):
        entries = chain()
        assert walk(entries).broken is None
        at = chance.randrange(5)
        kind = chance.choice(["edit", "delete", "swap", "double"])
        if kind == "edit":
            column = chance.choice([c for c in HASHED_FIELDS if c != "data"])
            entries[at][column] = {"tampered": chance.random()}
        elif kind == "delete":
            del entries[at]
        elif kind == "swap":
            entries[at], entries[at + 1] = entries[at + 1], entries[at]
        else:
            entries.insert(at, dict(entries[at]))
        missed += walk(entries).broken is None

    assert missed == 0


def test_walk_counts_erased_names_and_fits():
    entries = chain()
    entries[1]["actor_label"] = entries[1]["actor_salt"] = None

    seen = walk(entries)

    assert (seen.broken, seen.erased) == (None, 1)
    assert "1 names were erased on request" in report(seen)


def test_walk_names_a_replaced_name():
    entries = chain()
    entries[1]["actor_label"] = "Bo"

    broken = walk(entries).broken

    assert broken == Break(2, "the name of the actor in entry 2 is not the one written then")


def test_walk_selection_allows_gaps_and_still_names_an_edit():
    entries = [entry for entry in chain() if entry["seq"] in (2, 3, 6)]

    assert walk(entries).broken == Break(1, "entry 1 is missing")
    assert walk(entries, selection=True).broken is None

    entries[1]["reason"] = "other"

    assert walk(entries, selection=True).broken == Break(
        3, "entry 3 was changed after it was written"
    )


def written(path, entries):
    path.write_bytes(b"".join(json.dumps(e, ensure_ascii=False).encode() + b"\n" for e in entries))
    return path


@pytest.mark.parametrize(
    ("damage", "number"),
    [
        (lambda lines: [*lines[:2], b"{not json\n", *lines[3:]], 3),
        (lambda lines: [*lines[:1], b"[1]\n", *lines[2:]], 2),
        (lambda lines: [lines[0].replace(b'"seq"', b'"seq2"'), *lines[1:]], 1),
        (lambda lines: [lines[0].replace(b"{", b'{"note": "added", ', 1), *lines[1:]], 1),
        (lambda lines: [b'{"seq":' + b"[" * 100_000 + b"\n", *lines[1:]], 1),
    ],
)
def test_read_lines_names_a_line_that_is_no_entry(tmp_path, damage, number):
    path = written(tmp_path / "a.jsonl", chain())
    with path.open("rb") as lines:
        assert walk(read_lines(lines)).broken is None
    path.write_bytes(b"".join(damage(path.read_bytes().splitlines(keepends=True))))

    with path.open("rb") as lines:
        seen = walk(read_lines(lines))

    assert seen.broken == Break(number, f"entry {number} cannot be read")


def test_check_program_needs_neither_database_nor_django(tmp_path):
    whole = written(tmp_path / "whole.jsonl", chain())
    broken = written(tmp_path / "broken.jsonl", chain()[1:])
    program = (
        "import sys; sys.modules['django'] = None\n"
        "from apps.audit.chain import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )

    def run(path):
        command = [sys.executable, "-c", program, str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run(whole) == (0, "The record is whole: 6 entries, each fits the one before it.\n")
    assert run(broken) == (1, "Not whole: entry 1 is missing. The 0 entries before it fit.\n")
    assert run(tmp_path / "absent.jsonl") == (2, "")
