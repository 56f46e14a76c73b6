"""The prompts to begin with: each is one that a professional would keep."""

from __future__ import annotations

import pytest

from apps.prompts.content import check_content
from apps.prompts.lint import lint
from apps.prompts.queries import preview
from apps.prompts.starters import GROUPS, Starter, starter, starters, with_fresh_keys

each = pytest.mark.parametrize("one", starters(), ids=lambda one: one.code)


def test_there_are_twelve_in_every_group():
    assert len(starters()) == 12
    assert {one.group for one in starters()} == set(GROUPS)
    assert len({one.name for one in starters()}) == 12


@each
def test_starter_is_a_whole_prompt(one: Starter):
    types = {block["type"] for block in one.document["blocks"]}

    assert check_content(one.document) == []
    assert types >= {"role", "instructions", "guardrails", "examples", "input"}
    assert all(variable["description"] for variable in one.document["variables"])
    assert len(one.samples) == 2
    assert len(one.purpose) <= 200


@each
def test_starter_has_no_finding(one: Starter):
    assert lint(one.document) == []


@each
def test_starter_is_sent_whole_with_each_sample(one: Starter):
    for values in one.samples.values():
        shown = preview(one.document, values)

        assert shown.problems == ()
        assert [part for m in shown.messages for part in m.parts if part.kind == "missing"] == []
        assert [message.role for message in shown.messages][-1] == "user"


@each
def test_two_prompts_from_one_starter_share_no_block(one: Starter):
    first, second = with_fresh_keys(one.document), with_fresh_keys(one.document)

    keys = [{block["key"] for block in document["blocks"]} for document in (first, second)]
    assert keys[0] & keys[1] == set()
    assert [b["body"] for b in first["blocks"]] == [b["body"] for b in one.document["blocks"]]


def test_own_wording_of_a_model_follows_its_block():
    document = starters()[0].document
    key = document["blocks"][0]["key"]
    model = {"model": "m", "parameters": {}, "overrides": {key: {"body": "Own"}}}

    fresh = with_fresh_keys({**document, "models": [model]})

    assert fresh["models"][0]["overrides"] == {fresh["blocks"][0]["key"]: {"body": "Own"}}


def test_unknown_starter_is_none():
    assert starter("../secrets") is None
    assert starter("support-reply") is not None
