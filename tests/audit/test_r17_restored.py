"""R17: an older database that was put back is noticed by the checkpoints outside of it. Nothing is
released until an admin says with a reason that it is meant."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from galley_client import verify as offline

from apps.audit import checkpoints, restored
from apps.audit.events import RESTORED
from apps.audit.held import held
from apps.audit.models import AuditEntry
from apps.audit.proof import proof_lines
from apps.audit.restored import put_back
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.delivery.process import STORE
from apps.releases.actions import move_label, roll_back, step_rollout
from apps.teams.actions import acknowledge_restore, create_team
from config import postgres
from config.key_ring import KeyRing
from tests.delivery.story import bearer, make_story
from tests.releases.world import make_world


@pytest.fixture
def place(tmp_path, monkeypatch):
    found = tmp_path / "checkpoints"
    ring = KeyRing(tmp_path, "checkpoint-keys")
    monkeypatch.setattr(checkpoints, "folder", lambda: found)
    monkeypatch.setattr(checkpoints, "ring", lambda: ring)
    return found


@pytest.fixture
def desk(db, place):
    """v1 is live in production, v2 is approved for it; all of it is signed."""
    world = make_world()
    world.reply = world.prompt()
    world.first, world.second = (world.version(world.reply, text) for text in ("One.", "Two."))
    world.put_live(world.reply, world.first, "production")
    world.approved(world.reply, world.second, "production")
    checkpoints.make()
    return world


@contextmanager
def lost_afterwards():
    """What happens inside is signed, and then gone: yesterday's database was put back."""
    with transaction.atomic():
        yield
        while checkpoints.make():
            pass
        transaction.set_rollback(True)


def put_older_back(world, teams=3):
    with lost_afterwards():
        for number in range(teams):
            create_team(name=f"Lost {number}", purpose="", actor=world.admin)


def command(name, *arguments):
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def seen_offline(place):
    lines = b"".join(proof_lines(AuditEntry.objects.all())).splitlines(keepends=True)
    keys = [key.public_key for key in checkpoints.ring().all()]
    return offline.verify(lines, offline.checkpoint_files(place), keys)


# --- what is refused -------------------------------------------------------------------------


def test_r17_release_is_refused_until_it_is_acknowledged(desk):
    entries = AuditEntry.objects.count()
    put_older_back(desk)

    with pytest.raises(NotPossible) as refused:
        desk.release(desk.reply, desk.second, "production")

    assert refused.value.code == "database_restored"
    assert refused.value.verdict.facts == {"signed": entries + 3, "kept": entries}
    assert desk.live(desk.reply, "production") == 1
    assert AuditEntry.objects.get(seq=entries + 1).outcome == "denied"
    acknowledge_restore(reason="The disk of Monday was lost", actor=desk.admin)
    desk.release(desk.reply, desk.second, "production")
    assert desk.live(desk.reply, "production") == 2


def test_r17_control_the_same_release_where_nothing_was_put_back(desk):
    create_team(name="Kept", purpose="", actor=desk.admin)
    checkpoints.make()

    desk.release(desk.reply, desk.second, "production")

    assert (put_back(), desk.live(desk.reply, "production")) == (None, 2)


def test_r17_every_way_to_move_a_pointer_is_refused(desk):
    production = desk.places["production"]
    release = desk.release(desk.reply, desk.second, "production", share=10)
    put_older_back(desk)
    here = {"environment": production, "actor": desk["releaser"], "reason": "Back"}
    ways = [
        lambda: roll_back(desk.reply, version=desk.first, expects=release.pk, **here),
        lambda: step_rollout(desk.reply, share=50, expects=release.pk, **here),
        lambda: move_label(
            desk.reply, name="stable", version=desk.second, expects=None, **here
        ),
    ]  # fmt: skip

    for way in ways:
        with pytest.raises(NotPossible) as refused:
            way()
        assert refused.value.code == "database_restored"

    acknowledge_restore(reason="Meant", actor=desk.admin)
    for way in reversed(ways):
        with transaction.atomic():
            way()
            transaction.set_rollback(True)


def test_r17_it_is_noticed_although_the_older_database_has_grown_longer(desk):
    """By number alone it would look newer than what was signed."""
    put_older_back(desk)

    for number in range(5):
        create_team(name=f"Other {number}", purpose="", actor=desk.admin)

    found = put_back()
    assert found.has > found.signed > found.kept
    with pytest.raises(NotPossible, match="An older database was put back"):
        desk.release(desk.reply, desk.second, "production")


def test_r17_foreign_checkpoints_refuse_too_and_say_what_to_do(desk, tmp_path, monkeypatch):
    other = KeyRing(tmp_path / "other", "checkpoint-keys")
    monkeypatch.setattr(checkpoints, "ring", lambda: other)

    with pytest.raises(NotPossible) as refused:
        desk.release(desk.reply, desk.second, "production")

    assert refused.value.code == "checkpoint_unknown"


# --- who acknowledges, and what stays of it ------------------------------------------------------


def test_r17_only_an_admin_of_everything_acknowledges_and_with_a_reason(desk):
    put_older_back(desk)

    with pytest.raises(NotAllowed):
        acknowledge_restore(reason="I want to release", actor=desk["releaser"])
    with pytest.raises(Invalid):
        acknowledge_restore(reason=" ", actor=desk.admin)
    found = acknowledge_restore(reason="Meant", actor=desk.admin)
    with pytest.raises(NotPossible) as again:
        acknowledge_restore(reason="Meant", actor=desk.admin)

    entry = AuditEntry.objects.get(event=RESTORED)
    assert entry.data == {
        "checkpoint": found.checkpoint, "signed": found.signed, "kept": found.kept,
    }  # fmt: skip
    assert (entry.reason, again.value.code) == ("Meant", "nothing_restored")


def test_r17_checkpoints_go_on_and_tell_for_ever_what_was_given_up(desk, place):
    entries = AuditEntry.objects.count()
    put_older_back(desk)
    with pytest.raises(checkpoints.Contradiction):
        checkpoints.make()
    before = {path.name: path.read_bytes() for path in checkpoints.files(place)}
    unmeant = seen_offline(place)

    acknowledge_restore(reason="Meant", actor=desk.admin)
    while checkpoints.make():
        pass

    after = {path.name: path.read_bytes() for path in checkpoints.files(place)}
    assert {name: after[name] for name in before} == before  # nothing is written again
    assert unmeant.first == entries + 1
    seen = seen_offline(place)
    assert (seen.first, seen.loose) == (None, 0)
    assert seen.given_up == (f"{entries + 1} to {entries + 3}",)
    assert (held().broken, held().given_up) == (None, [(entries + 1, entries + 3)])
    put_older_back(desk, teams=1)
    assert put_back().kept == AuditEntry.objects.count()


def test_r17_another_older_database_needs_another_word(desk):
    put_older_back(desk)
    acknowledge_restore(reason="Meant", actor=desk.admin)
    checkpoints.make()
    assert put_back() is None

    put_older_back(desk)

    assert put_back() is not None


# --- the command and the pages -----------------------------------------------------------------


def test_r17_verify_audit_reads_the_checkpoints_too(desk):
    entries = AuditEntry.objects.count()
    assert command("verify_audit") == (0, (
        f"The record is whole: {entries} entries, each fits the one before it.\n"
        f"It is what was signed: checkpoints hold {entries} entries, 0 came after the newest.\n"
    ))  # fmt: skip

    put_older_back(desk)

    assert command("verify_audit") == (1, (
        f"The record is whole: {entries} entries, each fits the one before it.\n"
        f"Not what was signed: entry {entries + 1}, which a checkpoint holds, is missing.\n"
    ))  # fmt: skip


def test_r17_the_command_acknowledges_under_the_name_of_an_admin(desk):
    put_older_back(desk)
    words = ("--reason", "Monday's disk")

    with pytest.raises(CommandError):
        call_command("acknowledge_restore", "--email", desk["author"].email, *words)
    code, said = command("acknowledge_restore", "--email", desk.admin.email, *words)

    assert (code, put_back()) == (0, None)
    assert said.startswith("Acknowledged: ")
    assert AuditEntry.objects.get(event=RESTORED).actor_id == str(desk.admin.pk)


def test_r17_pages_say_so_and_lead_to_the_form(desk):
    put_older_back(desk)
    client, address = Client(), reverse("teams:acknowledge_restore")
    client.force_login(desk.admin)
    addresses = [reverse("pages:board"), reverse("pages:audit"),
                 reverse("pages:prompt_releases", args=[desk.reply.path])]  # fmt: skip

    said = [b"An older database was put back" in client.get(one).content for one in addresses]
    empty = client.post(address, {"reason": ""})
    done = client.post(address, {"reason": "Meant"})
    after = [b"An older database was put back" in client.get(one).content for one in addresses]

    assert said == [True, True, True]
    assert (empty.status_code, done.status_code) == (422, 302)
    assert after == [False, False, False]


# --- a real dump --------------------------------------------------------------------------------


def program(server, name, *arguments):
    """One of PostgreSQL's own, as the superuser."""
    path = postgres._programs(None) / name
    environment = {**os.environ, "PGPASSWORD": postgres.password(server.data, postgres.SUPERUSER)}
    address = ["-h", "127.0.0.1", "-p", str(server.ensure()), "-U", postgres.SUPERUSER]
    subprocess.run([path, *address, *arguments], env=environment, check=True, capture_output=True)


def fetched(key):
    STORE.__init__()
    return Client().get("/api/v1/prompts/desk/reply", headers=bearer(key)).content


def test_r17_dump_and_restore(own_database, databases, place, tmp_path, monkeypatch):
    """Of today: the verifier is content and the same bytes are delivered. Of yesterday: refused."""
    monkeypatch.setattr(restored.checkpoints, "EVERY", 0.0)
    story, server, copy = make_story(), databases.server, f"{own_database}_put_back"
    world, (_row, key) = story.world, story.key()
    checkpoints.make()
    program(server, "pg_dump", "-Fc", "-f", str(tmp_path / "dump"), own_database)
    program(server, "createdb", "-O", postgres.OWNER, "-T", "template0", copy)
    program(server, "pg_restore", "--exit-on-error", "-d", copy, str(tmp_path / "dump"))
    today = fetched(key)
    second = story.version("Other words.")
    world.put_live(story.prompt, second, "production")
    checkpoints.make()
    later = fetched(key)

    try:
        with databases.pointed_at(copy):
            ahead = (command("verify_audit")[0], fetched(key) == today, today != later)
            with pytest.raises(NotPossible) as refused:
                world.put_live(story.prompt, story.version("New."), "production")
            newest = checkpoints.files(place)[-1]
            newest.rename(newest.with_suffix(".aside"))  # the checkpoints of that day
            level = (command("verify_audit")[0], put_back())
    finally:
        databases.drop(copy)

    assert (ahead, refused.value.code) == ((1, True, True), "database_restored")
    assert level == (0, None)
