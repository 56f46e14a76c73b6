"""T22 with signed checkpoints kept outside the database: every rewriting is found, offline, and the
first bad entry is named; also where the whole chain was computed anew or the tail was cut off."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from galley_client import verify as offline

from apps.audit import checkpoints, merkle
from apps.audit.checkpoints import Contradiction
from apps.audit.models import AuditEntry, ChainCheck
from apps.audit.proof import proof_lines
from apps.audit.queries import walk_chain
from apps.teams.actions import create_team
from config.key_ring import KeyRing
from tests.audit import tampering
from tests.teams.people import open_office

VERIFY = Path(offline.__file__)
TRIES = 65  # five of each way


@pytest.fixture
def place(tmp_path, monkeypatch):
    found = tmp_path / "checkpoints"
    ring = KeyRing(tmp_path, "checkpoint-keys")
    monkeypatch.setattr(checkpoints, "folder", lambda: found)
    monkeypatch.setattr(checkpoints, "ring", lambda: ring)
    return found


@pytest.fixture
def office(db, place, monkeypatch):
    """A trail with several checkpoints, and all of it in them."""
    monkeypatch.setattr(checkpoints, "AT_MOST", 3)
    found = open_office()
    while checkpoints.make():
        pass
    return found


def seen(rows, place):
    keys = [key.public_key for key in checkpoints.ring().all()]
    return offline.verify(tampering.lines(rows), offline.checkpoint_files(place), keys)


def test_t22_every_way_is_found_and_the_first_bad_entry_named(office, place):
    before, chance = tampering.rows(), random.Random(20250101)
    assert seen(before, place) == offline.Result(len(before), None, "", 0)  # control

    for number in range(TRIES):
        way = tampering.WAYS[number % len(tampering.WAYS)]
        after = tampering.tampered(before, way, chance)
        found = seen(after, place)
        assert found.first == tampering.first_difference(before, after), (way.__name__, found.why)


def test_t22_each_column_is_held(office, place):
    before, chance = tampering.rows(), random.Random(1)

    for column in tampering.COLUMNS:
        after = json.loads(json.dumps(before))
        tampering._edited(after, after[4], column, chance)
        assert seen(after, place).first == 5, column


def test_t22_the_chain_alone_misses_what_checkpoints_find(own_database, databases, place):
    """The control: recomputed as superuser in the database itself, the chain says it is whole."""
    open_office()
    checkpoints.make()
    before = tampering.rows()
    after = tampering.tampered(before, tampering.and_rechain(tampering.edit), random.Random(7))

    with databases.server.connect(name=own_database) as root:
        tampering.put_into_table(after, root)

    assert walk_chain().broken is None
    assert seen(tampering.rows(), place).first == tampering.first_difference(before, after)
    if after[-1]["hash"] != before[-1]["hash"]:
        with pytest.raises(Contradiction):
            checkpoints.make()


def test_offline_verifier_needs_cryptography_alone(office, place, tmp_path):
    export = tmp_path / "audit.jsonl"
    export.write_bytes(b"".join(proof_lines(AuditEntry.objects.all())))
    isolated = (
        "import sys, runpy, pathlib\n"
        "class Only:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('httpx', 'django', 'rfc8785', 'apps'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Only())\n"
        f"sys.path.insert(0, {str(VERIFY.parent)!r})\n"
        f"runpy.run_path({str(VERIFY)!r}, run_name='__main__')\n"
    )
    options = ["--checkpoints", str(place), "--keys", str(place / "keys")]

    def run():
        command = [sys.executable, "-c", isolated, str(export), *options]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)

    whole = run()
    options[1] = str(place / "mistyped")
    unsealed = run()
    options[1] = str(place)
    cut = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join(cut[:-1]))
    short = run()
    export.unlink()
    missing = run()

    assert (whole.returncode, whole.stdout) == (
        0, f"The record is whole: {len(cut)} entries, 0 after the last checkpoint.\n",
    ), whole.stderr  # fmt: skip
    assert (short.returncode, short.stdout) == (
        1,
        f"Not whole: entry {len(cut)} is missing, and a checkpoint holds it. "
        f"The {len(cut) - 1} entries before it fit.\n",
    )
    assert missing.returncode == 2
    assert (unsealed.returncode, unsealed.stdout) == (2, "")
    assert "no checkpoint lies in" in unsealed.stderr
    assert len(VERIFY.read_text().splitlines()) < 200


@pytest.mark.parametrize("way", ["edited", "missing", "signed by another"])
def test_checkpoints_that_do_not_fit_are_no_evidence(office, place, tmp_path, way):
    paths = checkpoints.files(place)
    if way == "missing":
        paths[1].unlink()
    elif way == "edited":
        paths[1].write_bytes(paths[1].read_bytes().replace(b'"entries":6', b'"entries":5'))
    else:
        ring = checkpoints.ring()
        ring.rotate(timedelta(days=1))
        other = KeyRing(tmp_path / "other", "checkpoint-keys").all()[0].public_key
        lines = tampering.lines(tampering.rows())
        found = offline.verify(lines, offline.checkpoint_files(place), [other])
        assert (found.first, found.entries) == (0, 0)
        return

    assert seen(tampering.rows(), place).first == 0


def test_checkpoint_is_due_after_a_minute_or_a_thousand(db, place, monkeypatch):
    office = open_office()
    first = checkpoints.make_due()
    assert (first["entries"] > 1, checkpoints.make_due()) == (True, None)
    create_team(name="More", purpose="", actor=office.admin)
    soon = checkpoints.make_due()
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)
    later = checkpoints.make_due()

    assert soon is None
    assert later["entries"] == first["entries"] + 1
    assert later["previous"] != ""


def test_a_trail_that_contradicts_its_checkpoint_is_written_down_once(office, place, monkeypatch):
    monkeypatch.setattr(checkpoints, "EVERY", 0.0)
    last = checkpoints.newest(place)
    monkeypatch.setattr(
        checkpoints, "newest", lambda _place: {**last, "hashes": [*last["hashes"][:-1], "0" * 64]}
    )

    checkpoints.make_due_or_tell()
    checkpoints.make_due_or_tell()

    [check] = ChainCheck.objects.all()
    assert check.broken_at == last["entries"]
    assert check.why.startswith(f"entry {last['entries']} is not the one")


def test_merkle_root_is_that_of_the_rfc():
    """The root by the definition of RFC 6962, 2.1, beside the one that grows."""

    def defined(leaves):
        if len(leaves) == 1:
            return merkle.leaf(leaves[0])
        size = 1
        while size * 2 < len(leaves):
            size *= 2
        return merkle.node(defined(leaves[:size]), defined(leaves[size:]))

    peaks: merkle.Peaks = []
    hashes = [f"{number:064x}" for number in range(70)]
    for count, text in enumerate(hashes, 1):
        peaks = merkle.grown(peaks, [text])
        assert merkle.root(peaks) == defined([bytes.fromhex(one) for one in hashes[:count]])
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root([]).hex() == empty
