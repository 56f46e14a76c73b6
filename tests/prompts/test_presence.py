"""Who is at a draft: rows that the database's clock ends, and a lock that locks nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse

from apps.core import live_topics
from apps.core.errors import Invalid, NotVisible
from apps.prompts.actions import beat, leave, save_block, take_over_block
from apps.prompts.models import Presence
from apps.prompts.queries.presence import present

BEAT = reverse("prompts:beat", args=["support/reply"])


def older(seconds: int, field: str = "seen_at", **which: object) -> None:
    moment = F(field) - timedelta(seconds=seconds)
    assert Presence.objects.filter(**which).update(**{field: moment})


def seen(house, by) -> list[tuple[str, str, bool, bool]]:
    found = present(house.draft, but=by)
    return [(one.person.name, one.block, one.writes, one.paused) for one in found]


def test_others_are_seen_and_oneself_is_not(house):
    beat(house.draft, tab="a", actor=house.ana)
    beat(house.draft, tab="v", actor=house.viewer)

    assert seen(house, house.ana) == [("Viewer", "", False, False)]
    assert seen(house, house.viewer) == [("Ana", "", False, False)]


def test_a_row_is_over_45_seconds_after_its_last_beat_and_a_beat_brings_it_back(house):
    beat(house.draft, tab="a", actor=house.ana)
    older(44)
    assert seen(house, house.ben) != []
    older(2)
    assert seen(house, house.ben) == []

    beat(house.draft, tab="a", actor=house.ana)

    assert seen(house, house.ben) != []


def test_the_block_is_kept_by_a_beat_that_does_not_name_one(house):
    key = house.block("instructions").key
    beat(house.draft, tab="a", moved=True, block=key, typing=True, actor=house.ana)
    beat(house.draft, tab="a", actor=house.ana)

    assert seen(house, house.ben) == [("Ana", str(key), True, False)]


def test_whoever_stops_typing_is_paused_after_10_seconds(house):
    key = house.block("instructions").key
    beat(house.draft, tab="a", moved=True, block=key, typing=True, actor=house.ana)
    older(9, "typed_at")
    assert seen(house, house.ben) == [("Ana", str(key), True, False)]
    older(2, "typed_at")

    assert seen(house, house.ben) == [("Ana", str(key), False, True)]


def test_of_two_tabs_the_one_that_writes_is_shown(house):
    key = house.block("input").key
    beat(house.draft, tab="a", moved=True, block=key, typing=True, actor=house.ana)
    beat(house.draft, tab="b", actor=house.ana)

    assert seen(house, house.ben) == [("Ana", str(key), True, False)]


def test_leaving_ends_one_tab(house):
    beat(house.draft, tab="a", actor=house.ana)
    beat(house.draft, tab="b", actor=house.ana)
    leave(house.draft, tab="a", actor=house.ana)

    assert [row.tab for row in Presence.objects.all()] == ["b"]


def test_a_block_is_taken_over_from_who_paused_and_not_from_who_types(house):
    block = house.block("instructions")
    beat(house.draft, tab="a", moved=True, block=block.key, typing=True, actor=house.ana)
    assert not take_over_block(house.draft, tab="b", block=block.key, actor=house.ben)
    assert seen(house, house.viewer) == [("Ana", str(block.key), True, False)]
    older(11, "typed_at")

    assert take_over_block(house.draft, tab="b", block=block.key, actor=house.ben)
    beat(house.draft, tab="a", actor=house.ana)

    assert seen(house, house.viewer) == [
        ("Ana", "", False, False),
        ("Ben", str(block.key), True, False),
    ]


def test_a_taken_block_takes_every_save(house):
    block = house.block("instructions")
    take_over_block(house.draft, tab="b", block=block.key, actor=house.ben)

    saved = save_block(block, revision=1, body="Still mine.", actor=house.ana)

    assert saved.conflict is None
    assert house.block("instructions").body == "Still mine."


def test_a_person_has_at_most_ten_tabs(house):
    for number in range(14):
        beat(house.draft, tab=f"t{number}", actor=house.ana)

    assert Presence.objects.filter(person=house.ana).count() == 10
    assert Presence.objects.filter(tab="t13").exists()


@pytest.mark.parametrize("tab", ["", "a b", "x" * 37, "é"])
def test_a_tab_without_a_name_is_refused(tab, house):
    with pytest.raises(Invalid):
        beat(house.draft, tab=tab, actor=house.ana)


def test_an_outsider_is_not_here_and_hears_nothing(house):
    with pytest.raises(NotVisible):
        beat(house.draft, tab="o", actor=house.outsider)

    topic = f"presence:{house.draft.pk}"
    assert live_topics.audible(house.viewer, [topic]) == {topic}
    assert live_topics.audible(house.outsider, [topic]) == set()


def test_a_beat_answers_who_else_is_here(house, signed_in):
    key = house.block("instructions").key
    beat(house.draft, tab="b", moved=True, block=key, typing=True, actor=house.ben)

    page = signed_in(house.ana).post(BEAT, {"tab": "a", "block": "", "typing": ""})

    html = page.content.decode()
    assert f'data-present="{key}"' in html
    assert "Ben is editing" in html
    assert "Ana" not in html


def test_a_beat_says_goodbye_without_an_answer(house, signed_in):
    browser = signed_in(house.ana)
    browser.post(BEAT, {"tab": "a"})

    assert browser.post(BEAT, {"tab": "a", "leave": "yes"}).status_code == 204
    assert not Presence.objects.exists()
