"""R9: clocks that are wrong or jump. What goes live is ordered by revision, the record by its
numbers; time is the database's, and between two words of it the steady clock counts."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from django.db import transaction
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.queries import walk_chain
from apps.audit.trail import record
from apps.core.clock import database_now
from apps.core.errors import NotPossible
from apps.core.origin import coming_from
from apps.delivery.clock import DatabaseClock
from apps.delivery.keycheck import authenticate
from apps.delivery.problems import Problem
from apps.delivery.store import Store
from apps.environments.key_actor import KeyActor
from apps.environments.key_events import KEY_ROTATED
from apps.environments.models import ApiKey, Release
from apps.releases.actions import break_glass, roll_back
from apps.releases.queries import live_release
from apps.teams.actions import grant
from config.supervisor import SERVING
from tests.delivery.story import bearer, make_story
from tests.live import ROOT, environment_of, free_port

PATH = "/api/v1/prompts/desk/reply"
HOUR, DAY = 3600.0, 86_400.0
SHIFTS = (-DAY, -HOUR, HOUR, DAY)
LEEWAY = 60


@contextmanager
def wrong_clock(shift):
    """This process's clock is wrong: time.time() and what Django calls now."""
    with pytest.MonkeyPatch.context() as patch:
        right, now = time.time, timezone.now
        patch.setattr(time, "time", lambda: right() + shift)
        patch.setattr(timezone, "now", lambda: now() + timedelta(seconds=shift))
        yield


def expire(key, seconds):
    """Its end, from now on by the database's clock."""
    with transaction.atomic():
        rows = ApiKey.objects.filter(pk=key.pk)
        rows.update(expires_at=database_now() + timedelta(seconds=seconds))
        record(KEY_ROTATED, actor=key.owner, target=key)


def accepted(store, text):
    try:
        authenticate(store, f"Bearer {text}", "127.0.0.1", sure=True)
    except Problem as problem:
        return problem.code
    return "yes"


# --- keys --------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", SHIFTS)
def test_r09_key_ends_by_the_clock_of_the_database(story, shift):
    (old, expired), (young, good) = story.key(), story.key()
    expire(old, -LEEWAY)
    expire(young, LEEWAY)

    with wrong_clock(shift):
        store = Store()
        store.refresh()
        found = (accepted(store, expired), accepted(store, good))
        acting = (KeyActor(fresh(old)).is_alive, KeyActor(fresh(young)).is_alive)

    assert found == ("expired_key", "yes")
    assert acting == (False, True)


def fresh(key):
    return ApiKey.objects.select_related("owner").get(pk=key.pk)


def test_r09_control_a_clock_of_ones_own_would_take_an_expired_key(story):
    key, text = story.key()
    expire(key, -LEEWAY)

    with wrong_clock(-HOUR):
        store = Store()
        store.refresh()
        store.clock = DatabaseClock(time.time)  # nobody told it what time it is
        assert accepted(store, text) == "yes"


@pytest.mark.parametrize("shift", SHIFTS)
def test_r09_key_made_on_a_wrong_clock_lives_as_long_as_it_says(story, shift):
    with wrong_clock(shift):
        key, _text = story.key(expires_in_days=30)

    left = key.expires_at - database_now()
    assert abs(left - timedelta(days=30)) < timedelta(seconds=LEEWAY)


@pytest.mark.parametrize("shift", [-DAY, -HOUR])
def test_r09_sign_in_that_seems_to_come_confirms_nothing(story, shift):
    """The clock was set back after it: without a limit it would be "of the last ten minutes" for
    as long again."""
    world = story.world
    grant(world.desk, capabilities=["break_glass"], to=world["author2"], actor=world.admin)
    version, signed_in_at = story.version("Other words."), time.time()
    place = world.places["production"]

    def try_it():
        with coming_from("web", confirmed_at=lambda: signed_in_at):
            break_glass(
                story.prompt, version=version, environment=place, actor=world["author2"],
                expects=live_release(story.prompt, place).pk, reason="It insults our customers.",
            )  # fmt: skip

    with wrong_clock(shift), pytest.raises(NotPossible) as refused:
        try_it()
    try_it()

    assert refused.value.code == "confirm_first"
    assert world.live(story.prompt, "production") == 2


# --- the clock itself --------------------------------------------------------------------------


class Hands:
    def __init__(self):
        self.wall, self.steady = 1000.0, 5.0


def test_r09_clock_counts_on_steadily_whatever_the_machine_says():
    hands = Hands()
    found = DatabaseClock(lambda: hands.wall, lambda: hands.steady)
    found.set(2000.0)
    seen = []

    for jump in (HOUR, -DAY, DAY, -HOUR):
        hands.wall += jump
        hands.steady += 1
        seen.append(found.now())

    assert seen == [2001.0, 2002.0, 2003.0, 2004.0]


def test_r09_clock_of_a_start_without_database_is_never_before_its_snapshot():
    hands = Hands()
    found = DatabaseClock(lambda: hands.wall, lambda: hands.steady)
    before = found.now()

    found.not_before(5000.0)

    assert (before, found.now()) == (1000.0, 5000.0)
    hands.wall = 6000.0
    assert found.now() == 6000.0


def test_r09_snapshot_keeps_the_time_of_the_database(story):
    key, text = story.key()
    expire(key, LEEWAY)
    store = Store()
    store.refresh()
    memory = {**store.memory(), "at": store.clock.now() + 2 * LEEWAY}

    with wrong_clock(-DAY):
        later = Store()
        later.preload(memory)
        later.trust_snapshot()
        assert accepted(later, text) == "expired_key"


# --- order -------------------------------------------------------------------------------------


def test_r09_releases_and_the_record_are_in_order_whatever_the_clock_says(story):
    """Twenty acts, each on a clock that is wrong in another way."""
    world, place = story.world, story.world.places["production"]
    first, second = story.versions[0], story.version("Two.")
    with wrong_clock(-DAY):
        world.put_live(story.prompt, second, "production")
    store, revisions = Store(), []

    for number in range(20):
        with wrong_clock(SHIFTS[number % 4] * (number + 1)):
            roll_back(
                story.prompt, environment=place, version=(first, second)[number % 2],
                expects=live_release(story.prompt, place).pk, reason="Back",
                actor=world["releaser"],
            )  # fmt: skip
            store.refresh()
        revisions.append(store.live[place.pk, story.prompt.pk].revision)

    rows = Release.objects.filter(prompt=story.prompt, environment=place).order_by("revision")
    made = list(rows.values_list("made_at", flat=True))
    seqs = list(AuditEntry.objects.order_by("seq").values_list("seq", "at"))
    assert revisions == list(range(3, 23))
    assert live_release(story.prompt, place).revision == 22
    assert made == sorted(made)
    assert [seq for seq, _at in seqs] == list(range(1, len(seqs) + 1))
    assert [at for _seq, at in seqs] == sorted(at for _seq, at in seqs)
    assert walk_chain().broken is None


# --- a process of its own ----------------------------------------------------------------------


@contextmanager
def delivery_on(shift, database, folder):
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi_delivery:application"]
    environment = environment_of(database, "web") | {
        "PYTHONPATH": str(ROOT / "tests" / "shifted"), "GALLEY_TEST_SHIFT": str(shift),
    }  # fmt: skip
    with (folder / "delivery.log").open("wb") as output:
        child = subprocess.Popen(
            [*command, "--port", str(port), *SERVING],
            cwd=ROOT, stdout=output, stderr=output, env=environment,
        )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait(10)


def until(http, fits, **more):
    end = time.monotonic() + 30
    while True:
        try:
            if fits(answer := http.get(PATH, **more)):
                return answer
        except httpx.TransportError:
            pass
        assert time.monotonic() < end
        time.sleep(0.05)


def test_r09_process_a_day_behind_serves_in_order_and_takes_no_expired_key(own_database, tmp_path):
    story = make_story()
    (_row, text), (old, expired) = story.key(), story.key()
    expire(old, -LEEWAY)

    with (
        delivery_on(-DAY, own_database, tmp_path) as url,
        httpx.Client(base_url=url, headers=bearer(text), timeout=10) as http,
    ):
        before = until(http, lambda r: r.status_code == 200)
        refused = http.get(PATH, headers=bearer(expired))
        story.world.put_live(story.prompt, story.version("Two."), "production")
        after = until(http, lambda r: r.json()["version"] == 2)
        behind = datetime.strptime(after.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")

    assert (before.json()["revision"], after.json()["revision"]) == (1, 2)
    assert (refused.status_code, refused.json()["code"]) == (401, "expired_key")
    shift = behind.replace(tzinfo=UTC) - datetime.now(UTC)
    assert shift < timedelta(hours=-23), "the control: its clock is wrong"
