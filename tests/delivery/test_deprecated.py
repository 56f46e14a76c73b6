"""A deprecated prompt is served as before, and says so; and which keys fetch it is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.audit.subscribers import run_all
from apps.core.errors import NotAllowed, NotPossible
from apps.delivery.process import STORE
from apps.environments.actions.keys import note_fetches
from apps.environments.models import KeyUse
from apps.environments.uses import callers, live_but_unused, recorded_since
from apps.notifications.models import InboxItem
from apps.notifications.queries import ALL, inbox
from apps.prompts.actions import (
    archive_prompt,
    deprecate_prompt,
    move_prompt,
    reactivate_prompt,
    restore_prompt,
)
from apps.prompts.models import Prompt, PromptFormerPath
from apps.teams.actions import grant
from tests.delivery.story import bearer, make_prompt

DAY = datetime(2031, 5, 1, tzinfo=UTC).date()


@pytest.fixture
def text(story):
    return story.key()[1]


def fetched(text, path="desk/reply", **headers):
    return Client().get(f"/api/v1/prompts/{path}", headers={**bearer(text), **headers})


def deprecated(story, **more):
    return deprecate_prompt(story.prompt, reason="Old", **more, actor=story.world.admin)


def test_answer_of_a_deprecated_prompt_says_so_in_body_and_headers(story, text):
    before = fetched(text)
    newer = make_prompt(story.world, story.world.desk, "newer")

    deprecated(story, successor=newer, sunset=DAY)

    after = fetched(text)
    since = Prompt.objects.get(pk=story.prompt.pk).deprecated_at
    assert before.json()["deprecated"] is None
    assert after.json()["deprecated"] == {
        "since": since.isoformat().replace("+00:00", "Z"), "sunset": "2031-05-01",
        "successor": "desk/newer",
    }  # fmt: skip
    assert after.headers["Deprecation"] == f"@{int(since.timestamp())}"
    assert after.headers["Sunset"] == "Fri, 02 May 2031 00:00:00 GMT"
    assert after.headers["Link"] == '</api/v1/prompts/desk/newer>; rel="successor-version"'
    assert after.json()["messages"] == before.json()["messages"]


def test_deprecation_gives_a_new_etag_and_taking_it_back_the_old_one(story, text):
    before = fetched(text).headers["ETag"]
    deprecated(story)

    told = fetched(text, **{"If-None-Match": before})
    reactivate_prompt(story.prompt, reason="Needed", actor=story.world.admin)
    again = fetched(text)

    assert told.status_code == 200
    assert told.headers["ETag"] != before
    assert (again.headers["ETag"], "Deprecation" in again.headers) == (before, False)


def test_successor_that_is_renamed_is_named_anew(story, text):
    newer = make_prompt(story.world, story.world.desk, "newer")
    deprecated(story, successor=newer)
    fetched(text)

    move_prompt(
        newer, namespace=story.world.desk, segment="newest", reason="Better",
        actor=story.world.admin,
    )  # fmt: skip

    assert fetched(text).json()["deprecated"]["successor"] == "desk/newest"


def test_deprecating_what_is_live_needs_who_manages(story):
    with pytest.raises(NotAllowed):
        deprecate_prompt(story.prompt, reason="Old", actor=story.world["author"])

    deprecated(story)


def test_archiving_what_is_live_is_said_twice_and_serves_on(story, text):
    fetched(text)

    with pytest.raises(NotPossible) as refused:
        archive_prompt(story.prompt, actor=story.world.admin)
    archive_prompt(story.prompt, still_live=True, actor=story.world.admin)
    answer = fetched(text)
    restore_prompt(story.prompt, actor=story.world.admin)

    assert refused.value.code == "still_live"
    assert "Staging and Production" in str(refused.value)
    assert "Test key" in str(refused.value)
    assert (answer.status_code, answer.json()["deprecated"]["successor"]) == (200, None)
    assert fetched(text).json()["deprecated"] is None


def test_fetch_is_written_down_by_key_and_prompt(story):
    key, text = story.key()
    fetched(text)
    fetched(text)

    [use] = callers(story.prompt)
    assert (use.key, use.prompt) == (key, story.prompt)
    assert STORE.unsaved_fetches == set()


def test_fetches_by_what_the_database_does_not_know_any_more_are_left_out(story):
    """A process still remembers a key that is younger than the copy which was put back."""
    key, _ = story.key()
    fetches = {(key.pk, story.prompt.pk), (key.pk + 1000, story.prompt.pk), (key.pk, 10**9)}

    note_fetches(fetches, at=timezone.now())
    connection.check_constraints()

    assert [(use.key, use.prompt) for use in KeyUse.objects.all()] == [(key, story.prompt)]


def test_fetch_never_makes_the_last_use_older(story):
    key, text = story.key()
    fetched(text)
    later = timezone.now() + timedelta(hours=1)
    KeyUse.objects.update(last_used_at=later)
    STORE.fetched.clear()

    fetched(text)

    assert KeyUse.objects.get(key=key).last_used_at == later


def test_unused_is_what_is_live_for_long_and_nobody_fetches(story, text):
    now = timezone.now()
    later = now + timedelta(days=30, hours=12)
    fetched(text)
    before = [p.path for p in live_but_unused(Prompt.objects.all(), at=later)]

    KeyUse.objects.update(last_used_at=now + timedelta(days=1))

    assert list(live_but_unused(Prompt.objects.all(), at=now)) == []
    assert before == ["desk/reply", "other/secret"]
    assert [p.path for p in live_but_unused(Prompt.objects.all(), at=later)] == ["other/secret"]
    assert recorded_since() is not None


def test_owners_of_callers_are_told_of_a_deprecation(story, text):
    fetched(text)
    manager = story.world["author"]
    grant(story.world.desk, role="admin", to=manager, actor=story.world.admin)
    run_all()

    deprecate_prompt(story.prompt, reason="Old", actor=manager)
    run_all()

    told = InboxItem.objects.filter(event="prompts.prompt.deprecated")
    assert [(item.person, item.prompt) for item in told] == [(story.world.admin, story.prompt)]


def test_owners_of_callers_read_until_when_and_what_instead(story, text):
    fetched(text)
    newer = make_prompt(story.world, story.world.desk, "newer")
    people = story.world
    grant(people.desk, role="admin", to=people["author"], actor=people.admin)
    run_all()
    told, by = [], people["author"]

    for act, said in (
        (deprecate_prompt, {}),
        (deprecate_prompt, {"successor": newer, "sunset": DAY}),
        (move_prompt, {"namespace": people.desk, "segment": "moved"}),
    ):
        act(story.prompt, reason="Old", **said, actor=by)
        run_all()
        told.append(inbox(people.admin, ALL).rows[0].title)

    until = PromptFormerPath.objects.get().until.date()
    name, who = story.prompt, by.get_short_name()
    assert told == [
        f"{who} deprecated {name}",
        f"{who} deprecated {name}: it is kept up until 1 May 2031, fetch desk/newer instead",
        f"{who} moved {name}: fetch it as desk/moved, the old path ends on {until:%-d %B %Y}",
    ]
