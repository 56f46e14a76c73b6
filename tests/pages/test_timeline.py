"""Drafts, versions, reviews, releases and comments of a prompt in one line of time."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.pages.queries import timeline
from apps.pages.queries.timeline import timeline_of
from apps.prompts.actions import make_version, restore_step
from apps.prompts.models import DraftContributor
from apps.prompts.queries import draft_of
from apps.prompts.queries.sessions import at_moment, document_at, moment_of, sessions_before
from apps.reviews.actions import start_thread
from tests.pages.test_prompt_pages import texts
from tests.releases.world import approve, edit, make_world
from tests.standing import part_of_stood, standing


def make_it():
    """v1 live in production, with a review, a comment, and a draft that goes on."""
    world = make_world()
    prompt = world.prompt()
    version = world.version(prompt, "Say hello and thank you.")
    review = world.review(prompt, version, "production")
    start_thread(review, body="Why thank them?", block_key=None, actor=world["reviewer"])
    approve(review, world["reviewer"])
    world.release(prompt, version, "production")
    edit(prompt, "Say hello, and thank you.", world["author2"])
    return world, prompt


stood = standing(make_it)
world, prompt = part_of_stood(0), part_of_stood(1)


def kinds(found):
    return [event.kind for day in found.days for event in day.events]


def test_all_kinds_stand_in_one_line_newest_first(world, prompt):
    found = timeline_of(world["viewer"], prompt)

    moments = [event.at for day in found.days for event in day.events]
    assert moments == sorted(moments, reverse=True)
    assert set(kinds(found)) == {"drafts", "versions", "reviews", "releases", "comments"}


@pytest.mark.parametrize("kind", timeline.KINDS)
def test_a_filter_keeps_one_kind(world, prompt, signed_in, kind):
    page = signed_in(world["viewer"]).get(f"/prompts/{prompt.path}/-/history/?only={kind}")

    shown = re.findall(r'data-kind="(\w+)"', page.content.decode())
    assert set(shown) == {kind}


def test_what_is_older_comes_once_and_nothing_is_left_out(world, prompt, monkeypatch):
    whole = [(e.kind, e.at) for d in timeline_of(world["viewer"], prompt).days for e in d.events]
    monkeypatch.setattr(timeline, "PAGE", 2)
    parts, before = [], None
    for _turn in range(20):
        found = timeline_of(world["viewer"], prompt, before=before)
        parts += [(e.kind, e.at) for day in found.days for e in day.events]
        if found.older is None:
            break
        before = at_moment(found.older)

    assert parts == whole
    assert len(whole) > 6


def test_a_step_of_the_draft_can_be_read_and_brought_back(world, prompt, signed_in):
    draft = draft_of(prompt)
    old = sessions_before(prompt, None, 10)[-1]
    author = signed_in(world["author"])
    address = f"/prompts/{prompt.path}/-/history/{draft.pk}/{old.moment}/"
    edit(prompt, "Typed, and in no version.", world["author"])

    said = document_at(draft, old.at)
    assert said["blocks"][0]["body"] in texts(author.get(address))
    answer = author.post(f"/prompts/{prompt.path}/-/drafts/{draft.pk}/restore-step/{old.moment}/")

    assert answer.status_code == 302
    assert draft_of(prompt).blocks.get(removed_at=None).body == said["blocks"][0]["body"]
    kept = prompt.drafts.exclude(name="").get()
    assert kept.blocks.get(removed_at=None).body == "Typed, and in no version."


def test_words_that_come_back_bring_their_writers(world, prompt):
    make_version(draft_of(prompt), reason="Comma", actor=world["author2"])
    moment = sessions_before(prompt, None, 1)[0].at
    edit(prompt, "Other words.", world["author"])
    make_version(draft_of(prompt), reason="Others", actor=world["author"])

    restore_step(draft_of(prompt), at=moment, actor=world["author"])

    credited = DraftContributor.objects.filter(draft=draft_of(prompt))
    assert world["author2"].pk in set(credited.values_list("person_id", flat=True))


def test_a_viewer_reads_a_step_and_may_not_bring_it_back(world, prompt, signed_in):
    draft = draft_of(prompt)
    moment = moment_of(draft.changed_at) + 10**6
    viewer = signed_in(world["viewer"])

    assert viewer.get(f"/prompts/{prompt.path}/-/history/{draft.pk}/{moment}/").status_code == 200
    refused = viewer.post(f"/prompts/{prompt.path}/-/drafts/{draft.pk}/restore-step/{moment}/")
    assert refused.status_code == 403


@pytest.mark.parametrize("moment", [0, 10**18, 10**30])
def test_a_moment_before_everything_or_out_of_time_is_not_there(world, prompt, signed_in, moment):
    page = signed_in(world["author"]).get(
        f"/prompts/{prompt.path}/-/history/{draft_of(prompt).pk}/{moment}/"
    )

    assert page.status_code == 404


def test_queries_do_not_grow_with_the_rows(world, prompt, signed_in):
    client = signed_in(world["viewer"])

    def count():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/prompts/{prompt.path}/-/history/")
        return len(queries)

    count()
    few = count()
    for number in range(4):
        edit(prompt, f"Say hello {number}.", world[("author", "author2")[number % 2]])
        make_version(draft_of(prompt), reason="More", actor=world["author"])

    assert count() == few


def test_an_outsider_sees_no_event(world, prompt, signed_in):
    assert signed_in(world["outsider"]).get(f"/prompts/{prompt.path}/-/history/").status_code == 404
    assert "versions" not in kinds(timeline_of(world["outsider"], prompt, "versions"))
