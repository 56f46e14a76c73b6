"""R12, R10: the memory on disk. A start with the database away serves it; what is not whole, or not
signed by this installation, is never served."""

from __future__ import annotations

import json
import random
import resource
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest

from apps.delivery import keeper, refresh, snapshot
from apps.delivery.answers import fetch
from apps.delivery.keeper import Keeper
from apps.delivery.query import LIVE
from apps.delivery.refresh import Refresher
from apps.delivery.signing import RING
from apps.delivery.store import Store
from apps.environments.actions import revoke_key
from config.environment import read
from config.key_ring import KeyRing
from config.supervisor import SERVING
from tests.delivery.story import bearer, make_story
from tests.live import ROOT, environment_of, free_port

PATH = "/api/v1/prompts/desk/reply"
TRIES = 200


@pytest.fixture
def memory(story):
    story.row, story.text = story.key()
    found = Store()
    found.refresh()
    return found


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "folder", lambda: tmp_path)
    return tmp_path


def parts(data):
    """Where each part of a snapshot lies: its form, header, index and contents."""
    end = data.index(b"\n", len(snapshot.MAGIC)) + 1
    middle = end + json.loads(data[len(snapshot.MAGIC) : end])["index"]
    return [
        (0, len(snapshot.MAGIC)),
        (len(snapshot.MAGIC), end),
        (end, middle),
        (middle, len(data)),
    ]


def started(folder) -> Store:
    """A memory that begins with the snapshot, the database being away."""
    found = Store()
    kept, _ = snapshot.read(folder, RING)
    if kept is not None:
        found.preload(kept)
    found.trust_snapshot()
    return found


def body(store, story):
    return fetch(store, store.keys[story.row.selector], "desk/reply", LIVE, sure=False).data


def test_snapshot_holds_all_of_the_memory(memory, story, folder):
    snapshot.write(folder, memory.memory(), RING)

    again = started(folder)

    assert (again.loaded, again.stale) == (True, True)
    assert again.memory() == memory.memory()
    assert body(again, story) == body(memory, story)


def test_snapshot_in_many_blocks_from_kept_pieces_is_the_same(memory, monkeypatch):
    """The second time every record is written as it was kept, and the index has many blocks."""
    whole = memory.memory() | {"names": ["é", "“", {"a": None}]}
    packer = snapshot.Packer()
    packer.parts(whole, RING)
    monkeypatch.setattr(snapshot, "PIECES", 2)

    parts = packer.parts(whole, RING)

    assert len(parts) > 10
    assert snapshot.unpacked(b"".join(parts), RING) == whole
    assert whole["live"]


def test_r12_no_flipped_byte_is_ever_served(memory, story, folder):
    snapshot.write(folder, memory.memory(), RING)
    older = memory.memory()
    story.world.put_live(story.prompt, story.version("Second."), "production")
    memory.refresh()
    snapshot.write(folder, memory.memory(), RING)
    path = folder / snapshot.NAME
    whole, chance, found = path.read_bytes(), random.Random(20250101), []
    assert snapshot.read(folder, RING) == (roundtrip(memory), [])  # control

    for start, end in parts(whole):
        spots = (
            range(start, end) if end - start < TRIES else chance.choices(range(start, end), k=TRIES)
        )
        for at in spots:
            path.write_bytes(
                whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]
            )
            found.append(snapshot.read(folder, RING)[0]["sequence"])

    assert set(found) == {older["sequence"]}
    assert len(found) > 2 * TRIES


def roundtrip(memory):
    return snapshot.unpacked(snapshot.packed(memory.memory(), RING), RING)


def test_r12_no_cut_file_is_ever_served(memory, folder):
    snapshot.write(folder, memory.memory(), RING)
    path = folder / snapshot.NAME
    whole = path.read_bytes()

    for start, end in parts(whole):
        for at in {start, start + 1, (start + end) // 2, end - 1}:
            path.write_bytes(whole[:at])
            assert snapshot.read(folder, RING)[0] is None, at
    path.write_bytes(whole + b"x")
    kept, wrong = snapshot.read(folder, RING)

    assert kept is None
    assert [sentence.partition(": ")[2] for sentence in wrong] == ["it is not whole"]
    assert not started(folder).loaded


def test_r12_a_snapshot_of_another_installation_is_left_aside(memory, folder, tmp_path):
    other = KeyRing(tmp_path / "other", "signing-keys")
    snapshot.write(folder, memory.memory(), other)
    mine = snapshot.read(folder, RING)
    theirs = snapshot.read(folder, other)

    assert mine[0] is None
    assert theirs[0] is not None


@contextmanager
def full_disk(size):
    """No file of this process may grow beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_r10_a_full_disk_leaves_the_snapshot_whole(memory, story, folder):
    held = Keeper(memory)
    assert held.look()
    before = (folder / snapshot.NAME).read_bytes()
    story.world.put_live(story.prompt, story.version("Second."), "production")
    memory.refresh()

    with full_disk(1000):
        written = held.look()
    full = (folder / snapshot.NAME).read_bytes()
    names = {path.name for path in folder.iterdir()}

    assert (written, full) == (False, before)
    assert names == {"lock", snapshot.NAME}
    assert held.look()
    assert snapshot.read(folder, RING)[0]["sequence"] == memory.memory()["sequence"]


def test_keeper_writes_once_and_leaves_it_to_the_other_process(memory, story, folder):
    one, two = Keeper(memory), Keeper(memory)

    assert [one.look(), one.look(), two.look()] == [True, False, False]
    revoke_key(story.row, reason="Lost", actor=story.world.admin)
    memory.refresh()
    assert [two.look(), one.look()] == [True, False]
    assert started(folder).keys[story.row.selector].revoked


def test_keeper_writes_again_when_another_key_signs(memory, folder, tmp_path, monkeypatch):
    ring = KeyRing(tmp_path / "ring", "signing-keys")
    monkeypatch.setattr(keeper, "RING", ring)
    held = Keeper(memory)
    held.look()

    ring.rotate(timedelta(days=1))

    assert held.look()
    assert f":{ring.id}:" in snapshot.header_of(folder)["signature"]


def test_memory_reads_on_from_the_snapshot(memory, story, folder, monkeypatch):
    snapshot.write(folder, memory.memory(), RING)
    story.world.put_live(story.prompt, story.version("Second."), "production")
    monkeypatch.setattr(Store, "_read_all", lambda self: pytest.fail("read everything"))
    again = Store()
    again.preload(snapshot.read(folder, RING)[0])
    served_before = again.loaded

    again.refresh()

    assert (served_before, again.stale) == (False, False)
    assert json.loads(body(again, story))["version"] == 2


def test_memory_leaves_a_snapshot_of_another_trail_aside(memory, story, folder):
    kept = {**memory.memory(), "tail": "0" * 64, "keys": [], "live": []}
    again = Store()
    again.preload(kept)
    again.trust_snapshot()
    empty = dict(again.live)

    again.refresh()

    assert empty == {}
    assert body(again, story) == body(memory, story)


@contextmanager
def mute_server():
    """Somebody listens and says nothing, like a frozen database."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        yield mute.getsockname()[1]


@contextmanager
def delivering(database, port_of_database, log):
    """Delivery as a process of its own; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi_delivery:application"]
    where = f"postgresql://galley_app:x@127.0.0.1:{port_of_database}/{database}"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [*command, "--port", str(port), *SERVING],
            cwd=ROOT, stdout=output, stderr=output,
            env={**environment_of(database, "web"), "DATABASE_RUNTIME_URL": where},
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(10)


def first_answer(url, key):
    end = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url + PATH, headers=bearer(key), timeout=10)
        except httpx.TransportError:
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.mark.parametrize("away", ["refused", "silent"])
def test_r12_a_process_alone_serves_from_its_snapshot(own_database, tmp_path, away):
    story, store = make_story(), Store()
    story.row, text = story.key()
    lost, lost_text = story.key()
    revoke_key(lost, reason="Lost", actor=story.world.admin)
    store.refresh()
    snapshot.write(read().data / "delivery" / own_database, store.memory(), RING)
    log = tmp_path / "delivery.log"

    with (
        mute_server() as mute,
        delivering(own_database, mute if away == "silent" else free_port(), log) as url,
    ):
        first = first_answer(url, text)
        unknown = httpx.get(url + "/api/v1/prompts/desk/other", headers=bearer(text), timeout=10)
        revoked = httpx.get(url + PATH, headers=bearer(lost_text), timeout=10)
        elsewhere = httpx.get(url + "/account/login/", timeout=10)
        keys = httpx.get(url + "/.well-known/galley-keys", timeout=10)

    assert (first.status_code, first.headers["galley-stale"]) == (200, "true"), log.read_text()
    assert first.content == body(store, story)
    assert revoked.json()["code"] == "revoked_key"
    assert (unknown.status_code, elsewhere.status_code) == (503, 404)
    assert RING.id in keys.text


def test_refresher_begins_with_the_snapshot_and_trusts_it_when_the_database_refuses(
    memory, story, folder, monkeypatch
):
    snapshot.write(folder, memory.memory(), RING)
    again = Store()
    refresher = Refresher(again)

    monkeypatch.setattr("apps.delivery.refresh.answers", lambda env: True)
    refresher._begin_from_disk()
    trusted = again.loaded
    monkeypatch.setattr("apps.delivery.refresh.answers", lambda env: False)
    other = Store()
    Refresher(other)._begin_from_disk()

    assert (trusted, other.loaded) == (False, True)
    assert body(other, story) == body(memory, story)


def test_a_c_library_without_that_call_is_no_fault(monkeypatch):
    """What loading left is given back where glibc can; nothing else hangs on it."""
    asked = []
    monkeypatch.setattr(refresh.ctypes, "CDLL", lambda name: asked.append(name) or object())

    refresh._give_back()

    assert asked == [None]
