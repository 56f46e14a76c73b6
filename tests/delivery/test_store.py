"""The memory: what it follows, and that nothing in it goes back (T27, R13)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import OperationalError

from apps.delivery import queries, store
from apps.delivery.problems import Problem
from apps.delivery.store import Store
from apps.environments.actions import revoke_key
from apps.environments.models import Deployment


@pytest.fixture
def memory(story):
    found = Store()
    found.refresh()
    return found


def live(memory, story):
    return memory.live[(story.world.places["production"].pk, story.prompt.pk)]


def test_memory_follows_the_trail_entry_by_entry(memory, story, monkeypatch):
    row, _ = story.key()
    monkeypatch.setattr(Store, "_read_all", lambda self: pytest.fail("read everything again"))

    story.world.put_live(story.prompt, story.version("Second."), "production")
    memory.refresh()
    known = memory.keys[row.selector]
    revoke_key(row, reason="Lost", actor=story.world.admin)
    memory.refresh()

    assert (live(memory, story).number, live(memory, story).revision) == (2, 2)
    assert (known.revoked, memory.keys[row.selector].revoked) == (False, True)


def test_memory_reads_nothing_when_nothing_happened(memory, django_assert_num_queries):
    with django_assert_num_queries(1):
        memory.refresh()


def test_memory_finds_in_a_minute_what_an_entry_did_not_say(memory, story, monkeypatch):
    monkeypatch.setattr(memory, "_apply", lambda entries: None)
    story.world.put_live(story.prompt, story.version("Second."), "production")
    memory.refresh()
    before = live(memory, story).number

    memory._reconciled_at -= store.RECONCILE_EVERY + 1
    memory.refresh()

    assert (before, live(memory, story).number) == (1, 2)


def test_memory_keeps_the_records_that_say_what_they_said(memory, story):
    """Each minute everything is compared: what is equal is the same object afterwards."""
    story.world.prompt("other")
    memory.refresh()
    story.world.prompt("third")
    before = dict(memory.places)

    memory._reconciled_at -= store.RECONCILE_EVERY + 1
    memory.refresh()

    assert len(memory.places) == len(before) + 1
    assert all(memory.places[path] is place for path, place in before.items())
    assert all(memory.by_prompt[place.prompt_id] is place for place in before.values())


def test_t27_memory_refuses_a_late_reader(memory, story):
    """A reader that was paused after its read comes with an older release: the new one stays."""
    place = {"prompt": story.prompt, "environment": story.world.places["production"]}
    late = next(queries.served([Deployment.objects.get(**place).release_id]))
    story.world.put_live(story.prompt, story.version("Second."), "production")
    memory.refresh()

    memory._put_live(late)

    assert live(memory, story).number == 2


def test_t27_memory_forgets_versions_kept_by_number_when_something_goes_live(memory, story):
    kept = live(memory, story)
    memory.keep(replace(kept))
    place = (kept.environment_id, kept.prompt_id, 1)
    before = memory.kept(*place)

    story.world.put_live(story.prompt, story.version("Second."), "production")
    memory.refresh()

    assert before is not None
    assert memory.kept(*place) is None


def test_memory_keeps_no_more_versions_than_fit(memory, story, monkeypatch):
    monkeypatch.setattr(store, "MAX_KEPT", 3)

    for number in range(10):
        memory.keep(replace(live(memory, story), number=number))

    assert sorted(key[2] for key in memory._kept) == [7, 8, 9]


def test_memory_says_that_it_is_stale_while_the_database_is_away(memory, monkeypatch):
    def refuse():
        raise OperationalError("away")

    fresh = memory.stale
    with monkeypatch.context() as away:
        away.setattr(queries, "newest_seq", refuse)
        with pytest.raises(Problem) as refused:
            memory.refresh()
        stale = memory.stale
    memory.refresh()

    assert refused.value.status == 503
    assert (fresh, stale, memory.stale) == (False, True, False)


def test_memory_says_that_it_is_stale_when_the_database_is_silent(memory):
    memory._fresh_at -= store.STALE_AFTER + 1

    assert memory.stale


def test_memory_reads_everything_when_the_trail_is_shorter_than_it_was(memory, story, monkeypatch):
    read = []
    monkeypatch.setattr(Store, "_read_all", lambda self: read.append(1))
    memory._seq += 1000

    memory.refresh()

    assert read == [1]
