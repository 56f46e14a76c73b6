"""Three documents become one: every change that meets no other is in it, whoever made it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.content import new_block, new_variable
from apps.prompts.merge_documents import (
    MERGED,
    MINE,
    ORDER,
    THEIRS,
    Answers,
    merge_documents,
)
from tests.prompts.documents import document, documents


def block(key: str, body: str, **fields: Any) -> dict[str, Any]:
    return new_block(fields.pop("type", "instructions"), key=key, body=body, **fields)


BASE = document(block("a", "Read it all."), block("b", "Be kind."), block("c", "Say why."))


def changed(**bodies: str | None) -> dict[str, Any]:
    """BASE with these texts; None takes the block away."""
    kept = [one for one in BASE["blocks"] if bodies.get(one["key"], "") is not None]
    return {**BASE, "blocks": [{**b, "body": bodies.get(b["key"]) or b["body"]} for b in kept]}


def bodies(merged: Any) -> dict[str, str]:
    return {one["key"]: one["body"] for one in merged.document["blocks"]}


def kinds(merged: Any) -> dict[str, str]:
    return {piece.id: piece.kind for piece in merged.pieces if piece.kind != "same"}


def test_changes_of_different_blocks_are_both_taken():
    merged = merge_documents(BASE, changed(a="Read it twice."), changed(c="Say how."))

    assert bodies(merged) == {"a": "Read it twice.", "b": "Be kind.", "c": "Say how."}
    assert kinds(merged) == {"block:a": "mine", "block:c": "theirs"}


def test_different_words_of_one_block_are_merged():
    clean = merge_documents(BASE, changed(a="Read it all. Slowly."), changed(a="Now Read it all."))

    assert bodies(clean)["a"] == "Now Read it all. Slowly."
    assert kinds(clean) == {"block:a": "merged"}


@pytest.mark.parametrize(
    ("choice", "text"), [(MINE, "Read it twice."), (THEIRS, "Read it never."), (MERGED, "Typed.")]
)
def test_the_same_words_are_a_conflict_until_somebody_chooses(choice, text):
    mine, theirs = changed(a="Read it twice."), changed(a="Read it never.")

    asked = merge_documents(BASE, mine, theirs)
    told = merge_documents(BASE, mine, theirs, Answers({"block:a": choice}, {"block:a": "Typed."}))

    assert [piece.id for piece in asked.open] == ["block:a"]
    assert "twice" in asked.open[0].proposal
    assert "never" in asked.open[0].proposal
    assert told.open == []
    assert bodies(told)["a"] == text


def test_a_block_removed_here_and_changed_there_is_a_conflict():
    merged = merge_documents(BASE, changed(b=None), changed(b="Be kinder."))

    assert kinds(merged) == {"block:b": "conflict"}
    assert merged.open[0].choices == (MINE, THEIRS)
    kept = merge_documents(
        BASE, changed(b=None), changed(b="Be kinder."), Answers({"block:b": THEIRS})
    )
    assert list(bodies(kept)) == ["a", "b", "c"]
    gone = merge_documents(
        BASE, changed(b=None), changed(b="Be kinder."), Answers({"block:b": MINE})
    )
    assert list(bodies(gone)) == ["a", "c"]


def test_a_block_removed_by_one_side_alone_is_gone():
    assert list(bodies(merge_documents(BASE, changed(b=None), changed(a="New.")))) == ["a", "c"]


def test_another_type_and_other_words_of_one_block_are_both_taken():
    retyped = {**BASE, "blocks": [{**b, "type": "role"} for b in BASE["blocks"]]}

    merged = merge_documents(BASE, retyped, changed(a="Read it slowly."))

    assert merged.document["blocks"][0]["type"] == "role"
    assert bodies(merged)["a"] == "Read it slowly."


def test_rows_that_became_words_are_merged_as_words():
    rows = [{"input": "Hi", "output": "Hello"}]
    old = document(block("a", "Look:", type="examples", rows=rows))
    mine = document(block("a", "Look:\n\nInput: Hi\nOutput: Hello"))
    theirs = document(block("a", "Look here:", type="examples", rows=rows))

    merged = merge_documents(old, mine, theirs)

    assert bodies(merged)["a"] == "Look here:\n\nInput: Hi\nOutput: Hello"


def test_pinned_texts_are_taken_whole_from_one_side():
    def pinned(version: int) -> dict[str, Any]:
        one = {**block("a", f"Text {version}."), "snippet": {"path": "x", "version": version}}
        return document(one)

    merged = merge_documents(pinned(1), pinned(2), pinned(3))

    assert merged.open[0].choices == (MINE, THEIRS)


def test_two_orders_of_the_same_blocks_are_asked_about():
    a, b, c = BASE["blocks"]
    mine, theirs = {**BASE, "blocks": [c, a, b]}, {**BASE, "blocks": [a, c, b]}

    asked = merge_documents(BASE, mine, theirs)
    told = merge_documents(BASE, mine, theirs, Answers({ORDER: THEIRS}))

    assert [piece.id for piece in asked.open] == [ORDER]
    assert list(bodies(asked)) == ["c", "a", "b"]
    assert list(bodies(told)) == ["a", "c", "b"]


def test_variables_and_settings_are_merged_too():
    name, tone = new_variable("name"), new_variable("tone")
    old = document(variables=[name])
    mine = {**old, "variables": [name, tone]}
    theirs = {**old, "variables": [{**name, "required": False}]}
    theirs["rendering"] = {"kind": "chat", "headings": "xml"}

    merged = merge_documents(old, mine, theirs)

    assert merged.document["variables"] == [{**name, "required": False}, tone]
    assert merged.document["rendering"]["headings"] == "xml"
    assert merged.open == []


@given(documents(), documents())
def test_the_only_change_is_taken_whole(base, other):
    for mine, theirs in ((other, base), (base, other), (other, other)):
        merged = merge_documents(base, mine, theirs)
        assert merged.document == other
        assert merged.open == []


def parts(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **{f"block:{part['key']}": part for part in one["blocks"]},
        **{f"variable:{part['name']}": part for part in one["variables"]},
        **{f"setting:{name}": one[name] for name in ("output", "tools")},
        "setting:headings": one["rendering"]["headings"],
    }


@given(documents(), documents(), documents())
def test_every_change_that_meets_no_other_is_kept(base, mine, theirs):
    merged = merge_documents(base, mine, theirs)

    old, here, there, after = map(parts, (base, mine, theirs, merged.document))
    asked = {piece.id for piece in merged.pieces if piece.kind in ("conflict", "merged")}
    for one in {*old, *here, *there} - asked:
        wanted = here.get(one) if here.get(one) != old.get(one) else there.get(one)
        assert after.get(one) == wanted
    for one in asked - {ORDER}:
        if one in old or one in here or one in there:
            assert here.get(one) != there.get(one)
            assert here.get(one) != old.get(one)
            assert there.get(one) != old.get(one)


@given(documents(), documents(), documents(), st.sampled_from((MINE, THEIRS)))
def test_a_choice_for_every_conflict_takes_that_side_and_leaves_nothing_open(
    base, mine, theirs, side
):
    asked = merge_documents(base, mine, theirs)
    answers = Answers({piece.id: side for piece in asked.open})

    told = merge_documents(base, mine, theirs, answers)

    assert told.open == []
    after, chosen = parts(told.document), parts(mine if side == MINE else theirs)
    for piece in asked.open:
        if piece.what in ("block", "variable", "setting"):
            assert after.get(piece.id) == chosen.get(piece.id)


@given(documents(), documents(), documents())
def test_both_sides_ask_the_same_questions(base, mine, theirs):
    one, other = merge_documents(base, mine, theirs), merge_documents(base, theirs, mine)

    assert {piece.id for piece in one.open} == {piece.id for piece in other.open}
