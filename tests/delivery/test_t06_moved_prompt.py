"""T6: a rename or a move is no side door. What is live stays the same bytes, and a protected
environment's rule cannot be left behind."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from apps.core.errors import NotAllowed, NotPossible
from apps.environments.actions import override_rule
from apps.environments.queries import live_release, rule_for, terms_of
from apps.prompts.actions import move_prompt
from tests.delivery.story import bearer


def fetched(text, path):
    answer = Client().get(f"/api/v1/prompts/{path}", headers=bearer(text))
    assert answer.status_code == 200, answer.content
    return answer.json()


def move(story, *, namespace=None, segment="answer", actor=None):
    return move_prompt(
        story.prompt, namespace=namespace or story.world.desk, segment=segment, reason="Clearer",
        actor=actor or story.world.admin,
    )  # fmt: skip


def test_t06_rename_of_a_live_prompt_changes_nothing_but_its_name(story):
    _key, text = story.key()
    before = fetched(text, "desk/reply")

    move(story)

    after = fetched(text, "desk/answer")
    assert (before.pop("prompt"), after.pop("prompt")) == ("desk/reply", "desk/answer")
    assert {k: v for k, v in after.items() if k != "signature"} == {
        k: v for k, v in before.items() if k != "signature"
    }


def test_t06_rename_of_a_live_prompt_needs_who_manages(story):
    with pytest.raises(NotAllowed):
        move(story, actor=story.world["author"])

    assert move(story).path == "desk/answer"


def test_t06_move_keeps_what_is_live_and_its_callers(story):
    _key, text = story.key()
    live = live_release(story.prompt, story.world.places["production"])

    move(story, namespace=story.other)

    assert live_release(story.prompt, story.world.places["production"]) == live
    assert fetched(text, "other/answer")["version"] == 1


def test_t06_move_to_where_less_is_asked_is_refused(story):
    production = story.world.places["production"]
    rule = rule_for(production, story.world.desk)
    stricter = replace(terms_of(rule), approvals=2)
    override_rule(
        production, namespace=story.world.desk, terms=stricter, reason="Two look at it",
        actor=story.world.admin,
    )  # fmt: skip

    with pytest.raises(NotPossible) as refused:
        move(story, namespace=story.other)

    assert refused.value.code == "rule_loosened"
    assert move(story).path == "desk/answer"
