from __future__ import annotations

import pytest

from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.prompts.actions import (
    archive_snippet,
    change_snippet,
    create_prompt,
    create_snippet,
    detach_block,
    duplicate_block,
    make_version,
    pin_snippet,
    propose_snippet,
    restore_snippet,
    restore_version,
    retype_block,
    save_block,
    settle_conflict,
    share_block,
    title_block,
    update_pin,
    write_document,
)
from apps.prompts.models import ConflictCopy, Draft
from apps.prompts.queries import draft_contributors, draft_document, draft_of
from apps.prompts.queries.documents import blocks_in_order, version_document
from apps.teams.actions import create_namespace, grant
from apps.teams.queries import root_namespace

RULE = "Refund within 30 days."


def rule(house, actor=None):
    return create_snippet(
        house.space, name="Refund rule", type="guardrails", body=RULE, actor=actor or house.ana
    )


def changed(house, snippet, body="Refund within 14 days.", seen=1, actor=None):
    return change_snippet(snippet, seen=seen, body=body, reason="New law", actor=actor or house.ana)


def other_prompt(house, segment="other", actor=None):
    return create_prompt(
        house.space, segment=segment, name=segment.title(), actor=actor or house.ana
    )


def test_share_block_makes_a_snippet_and_pins_its_first_version(house):
    block = house.block("instructions")
    save_block(block, revision=1, body=RULE, actor=house.ana)

    snippet = share_block(block, namespace=house.space, name="Refund rule", actor=house.ana)

    pinned = house.block("instructions")
    assert pinned.snippet_version == snippet.versions.get(number=1)
    assert pinned.body == RULE
    part = draft_document(house.draft)["blocks"][0]
    assert part["snippet"] == {"path": "support/Refund rule", "version": 1}


def test_a_pin_is_not_shared_again_so_that_no_snippet_holds_another(house):
    pin = pin_snippet(house.draft, snippet=rule(house), actor=house.ana)

    with pytest.raises(NotPossible):
        share_block(pin, namespace=house.space, name="Around it", actor=house.ana)

    share_block(detach_block(pin, actor=house.ana), namespace=house.space, name="Own",
                actor=house.ana)  # fmt: skip


def test_words_that_look_like_a_reference_are_words(house):
    body = '{"snippet": {"path": "support/Refund rule", "version": 1}}'
    snippet = create_snippet(
        house.space, name="Refund rule", type="custom", body=body, actor=house.ana
    )

    assert pin_snippet(house.draft, snippet=snippet, actor=house.ana).body == body


def test_a_changed_snippet_changes_no_prompt_until_its_pin_is_updated(house):
    snippet = rule(house)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)

    changed(house, snippet)
    before = house.block("guardrails")
    update_pin(pin, actor=house.ana)

    assert (before.body, before.snippet_version.number) == (RULE, 1)
    after = house.block("guardrails")
    assert (after.body, after.snippet_version.number) == ("Refund within 14 days.", 2)


def test_equal_words_make_no_new_version_of_a_snippet(house):
    snippet = rule(house)

    with pytest.raises(NotPossible):
        changed(house, snippet, RULE)

    assert snippet.versions.count() == 1


def test_a_change_begun_from_an_older_version_is_said(house):
    snippet = rule(house)
    changed(house, snippet)

    with pytest.raises(Invalid):
        changed(house, snippet, "Never.", seen=1)

    assert changed(house, snippet, "Never.", seen=2).number == 3


@pytest.mark.parametrize("name", ["Refund rule", "refund RULE", "a/b", " "])
def test_names_that_cannot_be(house, name):
    rule(house)

    with pytest.raises(Invalid):
        create_snippet(house.space, name=name, type="role", body="x", actor=house.ana)


@pytest.mark.parametrize("body", ["", "  \n", "x" * (256 * 1024 + 1)])
def test_a_snippet_is_a_block_that_says_something_and_fits(house, body):
    with pytest.raises(Invalid):
        create_snippet(house.space, name="New", type="role", body=body, actor=house.ana)


def test_words_typed_while_the_block_became_a_snippet_are_kept(house):
    block = house.block("instructions")
    save_block(block, revision=1, body=RULE, actor=house.ana)
    share_block(block, namespace=house.space, name="Refund rule", actor=house.ana)

    saved = save_block(block, revision=2, body=f"{RULE} Be kind.", actor=house.ben)

    assert saved.conflict.mine == f"{RULE} Be kind."
    current = house.block("instructions")
    assert current.body == RULE
    with pytest.raises(NotPossible):
        settle_conflict(saved.conflict, revision=current.revision, body="x", actor=house.ben)
    current = detach_block(current, actor=house.ben)
    settle_conflict(
        saved.conflict, revision=current.revision, body=f"{RULE} Be kind.", actor=house.ben
    )
    assert house.block("instructions").body == f"{RULE} Be kind."
    assert not ConflictCopy.objects.filter(settled_at=None).exists()


def test_a_pin_has_the_snippets_type_and_title_until_it_is_detached(house):
    pin = pin_snippet(house.draft, snippet=rule(house), actor=house.ana)

    for act in (
        lambda: retype_block(pin, to="role", actor=house.ana),
        lambda: title_block(pin, title="Mine", actor=house.ana),
    ):
        with pytest.raises(NotPossible):
            act()

    detach_block(pin, actor=house.ana)
    assert title_block(pin, title="Mine", actor=house.ana).body == RULE


def test_a_copy_of_a_pin_is_a_pin(house):
    pin = pin_snippet(house.draft, snippet=rule(house), actor=house.ana)

    copy = duplicate_block(pin, actor=house.ana)

    assert copy.snippet_version == pin.snippet_version


def test_restoring_a_version_restores_its_pin(house):
    snippet = rule(house)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    version = make_version(house.draft, reason="First", actor=house.ana)
    changed(house, snippet)
    update_pin(pin, actor=house.ana)

    restore_version(version, actor=house.ana)

    restored = house.block("guardrails")
    assert (restored.body, restored.snippet_version.number) == (RULE, 1)
    assert draft_document(house.draft) == version_document(version)


def test_a_document_cannot_pin_words_that_the_snippet_does_not_say(house):
    pin_snippet(house.draft, snippet=rule(house), actor=house.ana)
    document = draft_document(house.draft)
    document["blocks"][-1]["body"] = "Quite other words."

    write_document(house.draft, document=document, actor=house.ana)

    block = house.block("guardrails")
    assert (block.body, block.snippet_version) == ("Quite other words.", None)


def test_a_document_keeps_a_pin_that_says_the_same(house):
    snippet = rule(house)
    pin_snippet(house.draft, snippet=snippet, actor=house.ana)

    write_document(house.draft, document=draft_document(house.draft), actor=house.ana)

    assert house.block("guardrails").snippet_version.snippet == snippet


def test_who_wrote_the_snippet_contributes_to_the_draft_that_pins_it(house):
    snippet = rule(house, actor=house.ben)
    prompt = other_prompt(house)
    assert house.ben.pk not in draft_contributors(draft_of(prompt))

    pin_snippet(draft_of(prompt), snippet=snippet, actor=house.ana)

    assert house.ben.pk in draft_contributors(draft_of(prompt))


def test_who_wrote_the_shared_block_contributes_wherever_it_is_pinned(house):
    block = house.block("instructions")
    save_block(block, revision=1, body=RULE, actor=house.ben)
    snippet = share_block(block, namespace=house.space, name="Rule", actor=house.ana)
    prompt = other_prompt(house)

    pin_snippet(draft_of(prompt), snippet=snippet, actor=house.ana)

    assert house.ben.pk in draft_contributors(draft_of(prompt))


def test_who_wrote_the_block_that_the_shared_one_is_a_copy_of_contributes_too(house):
    block = house.block("instructions")
    save_block(block, revision=1, body=RULE, actor=house.ben)
    copy = duplicate_block(house.block("instructions"), actor=house.ana)
    snippet = share_block(copy, namespace=house.space, name="Rule", actor=house.ana)
    prompt = other_prompt(house)

    pin_snippet(draft_of(prompt), snippet=snippet, actor=house.ana)

    assert draft_contributors(draft_of(prompt)) == {house.ana.pk, house.ben.pk}


def test_what_a_version_holds_already_brings_nobody_in_again(house):
    snippet = rule(house, actor=house.ben)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    make_version(house.draft, reason="First", actor=house.ana)
    changed(house, snippet)

    update_pin(pin, actor=house.ana)

    assert house.ben.pk not in draft_contributors(house.draft)


def test_an_archived_snippet_works_where_it_is_pinned_and_is_not_pinned_again(house):
    snippet = rule(house)
    pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    archive_snippet(snippet, actor=house.ana)
    snippet.refresh_from_db()

    assert house.block("guardrails").body == RULE
    with pytest.raises(NotPossible):
        pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    pin_snippet(house.draft, snippet=restore_snippet(snippet, actor=house.ana), actor=house.ana)


def test_rights_of_snippets(house):
    snippet = rule(house)

    with pytest.raises(NotAllowed):
        changed(house, snippet, actor=house.viewer)
    with pytest.raises(NotVisible):
        changed(house, snippet, actor=house.outsider)
    with pytest.raises(NotAllowed):
        pin_snippet(house.draft, snippet=snippet, actor=house.viewer)


def test_a_change_is_proposed_to_thirty_prompts_once(house):
    snippet = rule(house)
    prompts = [other_prompt(house, f"p{n}") for n in range(30)]
    for prompt in prompts:
        pin_snippet(draft_of(prompt), snippet=snippet, actor=house.ana)
    version = changed(house, snippet)

    drafts = [propose_snippet(version, prompt=prompt, actor=house.ana) for prompt in prompts]

    assert {draft.prompt for draft in drafts} == set(prompts)
    again = [propose_snippet(version, prompt=prompt, actor=house.ana) for prompt in prompts]
    assert set(again) == {None}
    assert Draft.objects.filter(proposed_by=version).count() == 30
    bodies = {blocks_in_order(draft)[-1].body for draft in drafts}
    assert bodies == {"Refund within 14 days."}
    assert {draft.name for draft in drafts} == {"Snippet: Refund rule v2"}
    assert {blocks_in_order(draft_of(prompt))[-1].body for prompt in prompts} == {RULE}


def test_what_a_prompt_was_being_written_stays_beside_the_proposal(house):
    snippet = rule(house)
    pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    half = "Half a sentence that"
    save_block(house.block("instructions"), revision=1, body=half, actor=house.ben)

    draft = propose_snippet(changed(house, snippet), prompt=house.prompt, actor=house.ana)

    assert house.block("instructions").body == half
    assert house.block("guardrails").body == RULE
    assert draft.pk != house.draft.pk
    assert [block.body for block in blocks_in_order(draft)][-1] == "Refund within 14 days."


def test_nobody_takes_over_words_of_a_snippet_that_they_may_not_see(house):
    away = create_namespace(root_namespace(), segment="law", actor=house.admin)
    grant(away, role="author", to=house.ana, actor=house.admin)
    snippet = create_snippet(away, name="Law", type="guardrails", body="Old.", actor=house.ana)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    changed(house, snippet, "Hidden words.")

    with pytest.raises(NotVisible):
        update_pin(pin, actor=house.ben)
    with pytest.raises(NotVisible):
        propose_snippet(snippet.versions.get(number=2), prompt=house.prompt, actor=house.ben)

    assert house.block("guardrails").body == "Old."
    assert update_pin(pin, actor=house.ana).body == "Hidden words."
