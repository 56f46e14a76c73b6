"""Models of a prompt that are told other words: compile, compare, merge, what is kept."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.prompts.actions import (
    add_variant,
    change_output,
    change_settings,
    change_variant,
    first_variant,
    make_version,
    put_back_block,
    put_back_override,
    put_back_variant,
    remove_block,
    remove_override,
    remove_variant,
    save_block,
    save_override,
    skip_override,
)
from apps.prompts.compare import changed_paths, compare, summary_sentences
from apps.prompts.compile import compile_content
from apps.prompts.content import check_content, new_block
from apps.prompts.merge_documents import merge_documents
from apps.prompts.models import Draft
from apps.prompts.queries import draft_document, effect
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


# --- the draft ------------------------------------------------------------------------------

FETCH = {"HTTP_ACCEPT": "application/json", "HTTP_HX_REQUEST": "true"}


def models_of(house):
    return draft_document(house.draft)["models"]


@pytest.fixture
def two(house):
    for name in ("acme/large", "acme/small"):
        add_variant(house.draft, model=name, actor=house.ana)
    return house


def own(house, model="acme/small", type="instructions"):
    found = next(one for one in models_of(house) if one["model"] == model)
    return found["overrides"].get(str(house.block(type).key))


def test_models_are_added_renamed_put_first_removed_and_brought_back(two):
    add_variant(two.draft, model="acme/tiny", temperature=0.5, actor=two.ana)
    save_override(two.block("instructions"), model="acme/tiny", body="Short.", actor=two.ben)
    change_variant(two.draft, model="acme/tiny", name="acme/mini", max_tokens=9, actor=two.ana)
    first_variant(two.draft, model="acme/mini", actor=two.ana)

    assert [one["model"] for one in models_of(two)] == ["acme/mini", "acme/large", "acme/small"]
    assert own(two, "acme/mini") == {"body": "Short."}
    assert models_of(two)[0]["parameters"] == {"max_tokens": 9}
    before, had = two.draft.revision, models_of(two)
    remove_variant(two.draft, model="acme/mini", actor=two.ana)
    assert [one["model"] for one in models_of(two)] == ["acme/large", "acme/small"]
    put_back_variant(two.draft, model="acme/mini", revision=before, actor=two.ana)
    assert models_of(two) == had


def test_settings_are_saved_beside_the_words_of_a_model(two):
    save_override(two.block("instructions"), model="acme/small", body="Short.", actor=two.ana)

    change_settings(
        two.draft, headings="xml", model="acme/large", temperature=0.5, actor=two.ana
    )  # fmt: skip
    change_output(two.draft, format="list", actor=two.ana)

    assert own(two) == {"body": "Short."}
    assert models_of(two)[0]["parameters"] == {"temperature": 0.5}


def test_a_model_stands_there_once(two):
    with pytest.raises(Invalid, match="already"):
        add_variant(two.draft, model="acme/small", actor=two.ana)
    with pytest.raises(Invalid, match="already"):
        change_variant(two.draft, model="acme/large", name="acme/small", actor=two.ana)


def test_the_name_of_a_model_with_its_own_words_is_not_emptied_away(two):
    with pytest.raises(Invalid, match="Name the model"):
        change_settings(two.draft, headings="none", model="", temperature=None, actor=two.ana)

    assert len(models_of(two)) == 2


def test_other_words_start_from_the_words_of_the_block(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", actor=two.ana)
    assert own(two) == {"body": block.body}

    skip_override(block, model="acme/small", actor=two.ana)
    before = two.draft.revision
    assert own(two) == {"enabled": False}
    remove_override(block, model="acme/small", actor=two.ana)
    assert own(two) is None
    put_back_override(block, model="acme/small", revision=before, actor=two.ana)
    assert own(two) == {"enabled": False}


def test_what_two_people_write_for_one_model_is_merged(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Be brief and kind to all.", actor=two.ana)
    opened = two.draft.revision
    save_override(
        block, model="acme/small", body="Be brief and kind to everyone.", revision=opened,
        actor=two.ana,
    )  # fmt: skip

    text = save_override(
        block, model="acme/small", body="Be very brief and kind to all.", revision=opened,
        actor=two.ben,
    )  # fmt: skip

    assert text == "Be very brief and kind to everyone."
    assert own(two) == {"body": text}


def test_a_clash_is_told_with_what_stands_there_and_the_second_save_is_meant(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Be brief.", actor=two.ana)
    opened = two.draft.revision
    save_override(block, model="acme/small", body="Be kind.", revision=opened, actor=two.ana)

    with pytest.raises(Invalid, match="Be kind"):
        save_override(block, model="acme/small", body="Be bold.", revision=opened, actor=two.ben)
    assert own(two) == {"body": "Be kind."}
    now = two.draft.revision
    save_override(block, model="acme/small", body="Be bold.", revision=now, actor=two.ben)
    assert own(two) == {"body": "Be bold."}


def test_words_for_a_model_that_somebody_removed_are_refused_with_the_words_kept(two, signed_in):
    block = two.block("instructions")
    address = reverse("prompts:save_override", args=[two.prompt.path, block.key])
    remove_variant(two.draft, model="acme/small", actor=two.ben)

    answer = signed_in(two.ana).post(f"{address}?model=acme/small", {"body": "My <b>words</b>"})

    assert answer.status_code == 422
    assert "My &lt;b&gt;words&lt;/b&gt;" in answer.content.decode()


def test_words_for_a_model_are_saved_as_they_are_typed(two, signed_in):
    block = two.block("instructions")
    address = reverse("prompts:save_override", args=[two.prompt.path, block.key])

    answer = signed_in(two.ana).post(f"{address}?model=acme/small", {"body": "Typed."}, **FETCH)

    assert answer.status_code == 200
    assert answer.json()["revision"] == two.draft.revision
    assert own(two) == {"body": "Typed."}


def test_a_viewer_reads_what_a_model_is_told_and_changes_nothing(two, signed_in):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Only for the small one.", actor=two.ana)
    page = reverse("pages:write", args=[two.prompt.path])

    assert "Only for the small one." in signed_in(two.viewer).get(page).content.decode()
    with pytest.raises(NotAllowed):
        remove_override(block, model="acme/small", actor=two.viewer)


def test_the_preview_shows_what_the_chosen_model_is_told(two, signed_in):
    save_override(
        two.block("instructions"), model="acme/small", body="Only small.", actor=two.ana
    )  # fmt: skip
    pane = reverse("prompts:preview_pane", args=[two.prompt.path])
    ana = signed_in(two.ana)

    assert "Only small." in ana.get(pane, {"model": "acme/small"}).content.decode()
    assert "Only small." not in ana.get(pane, {"model": "acme/large"}).content.decode()
    assert "Only small." not in ana.get(pane, {"model": "unknown"}).content.decode()


def test_whose_words_come_back_has_part_in_what_becomes_of_them(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Of Ben.", actor=two.ben)
    before = two.draft.revision
    remove_override(block, model="acme/small", actor=two.ana)
    two.draft.contributors.all().delete()

    put_back_override(block, model="acme/small", revision=before, actor=two.ana)

    assert {one.person_id for one in two.draft.contributors.all()} == {two.ana.pk, two.ben.pk}


def test_whose_words_come_back_from_before_a_version_has_part_in_the_next_one(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Of Ben.", actor=two.ben)
    before = two.draft.revision
    remove_override(block, model="acme/small", actor=two.ana)
    make_version(two.draft, reason="Without them", actor=two.ana)
    draft = Draft.objects.get(pk=two.draft.pk)
    assert not draft.contributors.exists()

    put_back_override(block, model="acme/small", revision=before, actor=two.ana)

    assert {one.person_id for one in draft.contributors.all()} == {two.ana.pk, two.ben.pk}


def test_whose_words_the_version_holds_has_no_part_in_bringing_them_back(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Of Ben.", actor=two.ben)
    make_version(two.draft, reason="With them", actor=two.ben)
    draft = Draft.objects.get(pk=two.draft.pk)
    remove_override(block, model="acme/small", actor=two.ana)
    since = Draft.objects.get(pk=draft.pk).revision - 1

    put_back_override(block, model="acme/small", revision=since, actor=two.ana)

    assert own(two) == {"body": "Of Ben."}
    assert {one.person_id for one in draft.contributors.all()} == {two.ana.pk}


def test_an_undo_leaves_what_somebody_wrote_for_the_model_since(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Of Ana.", actor=two.ana)
    skip_override(block, model="acme/small", actor=two.ana)
    since = two.draft.revision - 1
    save_override(block, model="acme/small", body="Of Ben.", actor=two.ben)

    with pytest.raises(NotPossible, match="Nothing was undone"):
        put_back_override(block, model="acme/small", revision=since, actor=two.ana)

    assert own(two) == {"body": "Of Ben."}


def test_an_undo_takes_back_just_its_own_step_whatever_changed_beside_it(two):
    block = two.block("instructions")
    save_override(block, model="acme/small", body="Of Ana.", actor=two.ana)
    skip_override(block, model="acme/small", actor=two.ana)
    since = two.draft.revision - 1
    save_override(block, model="acme/large", body="Of Ben.", actor=two.ben)

    put_back_override(block, model="acme/small", revision=since, actor=two.ana)

    assert own(two) == {"body": "Of Ana."}
    assert own(two, "acme/large") == {"body": "Of Ben."}


def test_whose_words_for_a_model_come_back_with_a_block_has_part_in_them(two):
    block = two.block("instructions")
    save_block(block, revision=block.revision, body="Be brief.", actor=two.ana)
    save_override(block, model="acme/small", body="Of Ben.", actor=two.ben)
    remove_block(block, actor=two.ana)
    make_version(two.draft, reason="Without it", actor=two.ana)
    draft = Draft.objects.get(pk=two.draft.pk)

    put_back_block(draft.blocks.get(pk=block.pk), actor=two.ana)

    assert own(two) == {"body": "Of Ben."}
    assert {one.person_id for one in draft.contributors.all()} == {two.ana.pk, two.ben.pk}


def test_who_wrote_for_a_model_in_another_block_has_no_part_in_one_that_comes_back(two):
    block = two.block("instructions")
    save_block(block, revision=block.revision, body="Be brief.", actor=two.ana)
    save_override(two.block("input"), model="acme/small", body="Of Ben.", actor=two.ben)
    remove_block(block, actor=two.ana)
    make_version(two.draft, reason="Without it", actor=two.ana)
    draft = Draft.objects.get(pk=two.draft.pk)

    put_back_block(draft.blocks.get(pk=block.pk), actor=two.ana)

    assert {one.person_id for one in draft.contributors.all()} == {two.ana.pk}


def test_the_effect_is_said_for_every_model():
    old = saying(model(), model("acme/large"))
    new = saying(model(), model("acme/large", {ONE: {"body": "Be kind to everyone. " * 9}}))

    found = effect(old, new)

    assert found.tokens == "As many tokens as before"
    assert found.others[0].startswith("acme/large: ") and "more tokens" in found.others[0]
