"""A prompt renamed or moved while live: the old path leads on, and keys of both places fetch it."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.utils import timezone

from apps.delivery import snapshot
from apps.delivery.process import REFRESHER, STORE
from apps.delivery.signing import RING
from apps.delivery.store import Store
from apps.prompts.actions import move_prompt
from apps.prompts.models import PromptFormerPath
from tests.delivery.story import bearer
from tests.delivery.test_fast_way import call, headers_of

OLD, NEW = "/api/v1/prompts/desk/reply", "/api/v1/prompts/desk/answer"


def rename(story, namespace=None, segment="answer"):
    return move_prompt(
        story.prompt, namespace=namespace or story.world.desk, segment=segment, reason="Clearer",
        actor=story.world.admin,
    )  # fmt: skip


@pytest.fixture
def known(client, story, monkeypatch):
    """A memory that has served the old path."""
    monkeypatch.setattr(REFRESHER, "start", lambda: None)
    story.row, story.text = story.key()
    story.before = client.get(OLD, headers=bearer(story.text)).json()
    return story


def test_old_path_leads_on_with_a_day_and_the_new_one_answers(client, known):
    rename(known)

    old = client.get(f"{OLD}?model=local/small", headers=bearer(known.text))
    new = client.get(NEW, headers=bearer(known.text))
    _, fast = call("/api/v1/prompts/desk/reply", known.text, query="model=local/small")
    listed = client.get("/api/v1/prompts", headers=bearer(known.text)).json()["prompts"]

    assert (old.status_code, old["Location"]) == (308, f"{NEW}?model=local/small")
    assert old["Deprecation"].startswith("@")
    left = parsedate_to_datetime(old["Sunset"]) - timezone.now()
    assert timedelta(days=89) < left < timedelta(days=91)
    assert (new.status_code, new.json()["prompt"]) == (200, "desk/answer")
    assert new.json()["revision"] == known.before["revision"]
    assert RING.id in new.json()["signature"]
    assert (fast[0]["status"], headers_of(fast)["location"]) == (308, old["Location"])
    assert fast[1]["body"] == old.content
    assert [row["prompt"] for row in listed] == ["desk/answer"]


def test_old_path_leads_render_on(client, known):
    rename(known)
    values = {"variables": {"message": "Hi"}}

    old = client.post(
        f"{OLD}/render", values, headers=bearer(known.text), content_type="application/json"
    )
    new = client.post(
        old["Location"], values, headers=bearer(known.text), content_type="application/json"
    )

    assert (old.status_code, old["Location"]) == (308, f"{NEW}/render")
    assert new.json()["messages"][1]["content"] == "Hi"


def test_old_path_says_nothing_to_a_key_that_may_not_fetch_it(client, known):
    rename(known)
    _, other = known.key(namespace=known.other)

    old = client.get(OLD, headers=bearer(other))
    mine = client.get(OLD, headers=bearer(known.text))

    assert (old.status_code, mine.status_code) == (404, 308)
    assert b"desk/answer" not in old.content


def test_old_path_ends_after_its_time(client, known):
    rename(known)
    PromptFormerPath.objects.update(until=timezone.now() - timedelta(seconds=1))
    STORE._read_all()

    old = client.get(OLD, headers=bearer(known.text))

    assert old.json()["code"] == "unknown_prompt"
    assert client.get(NEW, headers=bearer(known.text)).status_code == 200


def test_key_of_the_namespace_that_was_left_keeps_working(client, known):
    _, theirs = known.key(namespace=known.other)
    rename(known, known.other, "reply")

    path = "/api/v1/prompts/other/reply"
    old = client.get(OLD, headers=bearer(known.text))
    codes = [client.get(path, headers=bearer(key)).status_code for key in (known.text, theirs)]

    assert (old.status_code, old["Location"]) == (308, path)
    assert codes == [200, 200]


def test_memory_that_reads_on_tells_both_paths_and_keeps_them_on_disk(client, known, tmp_path):
    heard = []
    STORE.desk.listeners = (heard.extend,)
    rename(known)
    STORE.refresh()
    snapshot.write(tmp_path, STORE.memory(), RING)
    again = Store()
    again.preload(snapshot.read(tmp_path, RING)[0])

    environments = {one.environment for one in heard}
    assert {(one.kind, one.path) for one in heard} == {
        ("prompt", "desk/reply"), ("prompt", "desk/answer"),
    }  # fmt: skip
    assert len(heard) == 2 * len(environments)
    assert again.former == STORE.former
    assert list(again.former) == ["desk/reply"]
