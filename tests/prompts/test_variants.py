"""Models of a prompt that are told other words: compile, compare, merge, what is kept."""

from __future__ import annotations

from apps.prompts.compare import changed_paths, compare, summary_sentences
from apps.prompts.compile import compile_content
from apps.prompts.content import check_content, new_block
from apps.prompts.merge_documents import merge_documents
from tests.prompts.documents import document

ONE = "6a1b8c1e-0000-4000-8000-000000000001"
TWO = "6a1b8c1e-0000-4000-8000-000000000002"


def model(name="acme/small", overrides=None, **parameters):
    return {"model": name, "parameters": parameters, "overrides": overrides or {}}


def saying(*models, body="Be brief."):
    blocks = [
        new_block("instructions", key=ONE, body=body),
        new_block("guardrails", key=TWO, title="Limits", body="Never promise."),
    ]
    return document(*blocks, models=list(models))


def sent(content, name=None):
    return [message["content"] for message in compile_content(content, name).messages]


def test_a_model_can_be_told_other_words_or_spared_a_block():
    content = saying(model(), model("acme/large", {ONE: {"body": "Be kind."}}),
                     model("acme/tiny", {TWO: {"enabled": False}}))  # fmt: skip

    assert check_content(content) == []
    assert sent(content) == ["Be brief.\n\nNever promise."]
    assert sent(content, "acme/large") == ["Be kind.\n\nNever promise."]
    assert sent(content, "acme/tiny") == ["Be brief."]


def test_a_block_that_is_off_stays_off_for_every_model():
    content = saying(model("acme/large", {ONE: {"body": "Be kind."}}))
    content["blocks"][0]["enabled"] = False

    assert sent(content) == ["Never promise."]


def test_a_model_can_leave_a_block_out_and_not_switch_it_on():
    def paths(own):
        return [problem.path for problem in check_content(saying(model(overrides={ONE: own})))]

    assert paths({"enabled": False}) == []
    assert paths({"enabled": True}) == [f"models/0/overrides/{ONE}/enabled"]
    assert paths({"enabled": False, "body": ""}) == [f"models/0/overrides/{ONE}/enabled"]
    assert paths({"body": 3}) == [f"models/0/overrides/{ONE}/body"]


def test_what_a_model_is_told_differently_is_a_difference_in_words():
    old, new = saying(model()), saying(model(overrides={TWO: {"body": "Promise little."}}))

    found = compare(old, new)

    assert changed_paths(found) == {f"models/acme/small/overrides/{TWO}"}
    assert [change.label for change in found.settings] == [
        "Model: acme/small: Own wording for Limits"
    ]
    assert (found.settings[0].old, found.settings[0].new) == (
        "the words of the block",
        "“Promise little.”",
    )
    assert "promise little" in summary_sentences(found)[0].lower()


def test_words_that_read_like_none_are_not_shown_as_none():
    shown = [
        compare(saying(model()), saying(model(overrides={ONE: own}))).settings[0].new
        for own in ({"enabled": False}, {"body": "not sent"}, {"body": ""})
    ]

    assert shown == ["not sent", "“not sent”", "“”"]


def test_the_words_of_a_new_model_are_named_by_block():
    new = saying(model(), model("acme/large", {TWO: {"body": "Promise little."}}))

    (change,) = compare(saying(model()), new).settings

    assert change.path == ("models", "acme/large")
    assert change.new["own wording"] == {"Limits": "“Promise little.”"}


def test_what_two_people_change_of_one_model_is_kept_of_both():
    base = saying(model(overrides={ONE: {"body": "Be brief and kind to all."}}))
    mine = saying(model(overrides={ONE: {"body": "Be very brief and kind to all."}}, seed=7))
    theirs = saying(model(overrides={ONE: {"body": "Be brief and kind to everyone."}}))

    found = merge_documents(base, mine, theirs)

    assert found.open == []
    assert found.document["models"] == [
        model(overrides={ONE: {"body": "Be very brief and kind to everyone."}}, seed=7)
    ]


def test_two_wordings_of_the_same_place_are_a_choice():
    base = saying(model(overrides={ONE: {"body": "Be brief."}}))
    mine = saying(model(overrides={ONE: {"body": "Be kind."}}))
    theirs = saying(model(overrides={ONE: {"enabled": False}}))

    found = merge_documents(base, mine, theirs)

    assert [piece.id for piece in found.open] == ["model:acme/small"]
