"""A draft with a name of its own: every route of the editor finds it by `?draft=`."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.core.errors import Invalid, NotPossible
from apps.prompts.actions import (
    add_block,
    change_settings,
    close_alternative,
    declare_variable,
    make_version,
    merge_alternative,
    merge_latest,
    open_alternative,
    rename_alternative,
    reopen_alternative,
    restore_version,
    save_block,
)
from apps.prompts.merge_documents import Answers
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.queries import (
    draft_contributors,
    draft_document,
    draft_of,
    drafts_of,
    latest_version,
    version_document,
)
from apps.prompts.queries.merging import meets_alternative, meets_latest, opening_document

FETCH = {"HTTP_ACCEPT": "application/json", "HTTP_HX_REQUEST": "true"}


@pytest.fixture
def kept(house) -> Draft:
    """What the shared draft said before v1 was restored."""
    make_version(house.draft, reason="First words", actor=house.ana)
    save_block(house.block("instructions"), revision=1, body="Kept words.", actor=house.ben)
    restore_version(latest_version(house.prompt), actor=house.ana)
    return drafts_of(house.prompt)[0]


def address(name: str, *args: object) -> str:
    return reverse(name, args=["support/reply", *args])


def test_every_address_of_an_alternatives_page_is_about_it(kept, house, signed_in):
    page = signed_in(house.ana).get(address("pages:write"), {"draft": kept.pk})

    html = page.content.decode()
    about = re.findall(r'(?:action|hx-post|hx-get|data-order-url)="([^"]+)"', html)
    drafts = [found for found in about if re.search(r"/-/(blocks|variables|draft/|change-)", found)]
    assert len(drafts) > 20
    assert [found for found in drafts if f"draft={kept.pk}" not in found] == []
    assert "Kept words." in html


def test_a_save_goes_to_the_draft_that_the_address_names(kept, house, signed_in):
    key = house.block("instructions").key
    typed = {"revision": "1", "body": "Other words."}
    url = f"{address('prompts:save_block', key)}?draft={kept.pk}"

    answer = signed_in(house.ana).post(url, typed, **FETCH)

    assert answer.status_code == 200
    assert kept.blocks.get(key=key).body == "Other words."
    assert house.block("instructions").body != "Other words."


@pytest.mark.parametrize("draft", ["0", "999999", "x", "٣", "9" * 40])
def test_a_draft_that_is_not_the_prompts_is_not_found(draft, house, signed_in):
    page = signed_in(house.ana).get(address("pages:write"), {"draft": draft})

    assert page.status_code == 404


def test_a_closed_draft_is_read_and_takes_no_word(kept, house, signed_in):
    close_alternative(kept, actor=house.ana)
    key = house.block("instructions").key
    browser = signed_in(house.ana)

    page = browser.get(address("pages:write"), {"draft": kept.pk})
    url = f"{address('prompts:save_block', key)}?draft={kept.pk}"
    saved = browser.post(url, {"revision": "1", "body": "More."}, **FETCH)

    assert "Kept words." in page.content.decode()
    assert "Open again" in page.content.decode()
    assert saved.status_code == 409
    assert "was closed. Open it again" in saved.content.decode()
    reopen_alternative(kept, actor=house.ana)
    assert browser.post(url, {"revision": "1", "body": "More."}, **FETCH).status_code == 200


# --- opened beside the shared draft -----------------------------------------------------------


def write(draft: Draft, type: str, body: str, actor) -> None:
    block = DraftBlock.objects.select_related("draft").get(draft=draft, type=type, removed_at=None)
    save_block(block, revision=block.revision, body=body, actor=actor)


def said(draft: Draft, type: str = "instructions") -> str:
    return next(b["body"] for b in draft_document(draft)["blocks"] if b["type"] == type)


@pytest.fixture
def tone(house) -> Draft:
    """An alternative of Ben's, beside a shared draft that Ana wrote."""
    write(house.draft, "instructions", "Be kind. Be clear.", house.ana)
    make_version(house.draft, reason="First words", actor=house.ana)
    write(house.draft, "input", "{{message}}", house.ana)
    return open_alternative(house.prompt, name="Shorter tone", actor=house.ben)


def test_an_alternative_begins_as_the_shared_draft_and_goes_its_own_way(tone, house):
    assert draft_document(tone) == draft_document(house.draft)
    assert tone.opened_by == house.ben
    assert tone.base == latest_version(house.prompt)

    write(tone, "instructions", "Be kind.", house.ben)

    assert said(tone) == "Be kind."
    assert said(house.draft) == "Be kind. Be clear."
    assert draft_contributors(tone) == {house.ana.pk, house.ben.pk}


def test_an_alternative_begins_as_an_old_version(tone, house):
    make_version(house.draft, reason="More", actor=house.ana)
    first = house.prompt.versions.get(number=1)

    old = open_alternative(house.prompt, name="From the first", version=first, actor=house.ben)

    assert draft_document(old) == version_document(first)
    assert meets_latest(old) is not None


def test_two_drafts_never_have_one_name(tone, house):
    close_alternative(tone, actor=house.ben)
    with pytest.raises(Invalid, match="already"):
        open_alternative(house.prompt, name="shorter TONE", actor=house.ana)
    other = open_alternative(house.prompt, name="Longer", actor=house.ana)
    with pytest.raises(Invalid, match="already"):
        rename_alternative(other, name="Shorter tone", actor=house.ana)
    assert rename_alternative(other, name="Much longer", actor=house.ana).name == "Much longer"


def test_the_shared_draft_is_not_closed_nor_renamed(house):
    for act in (close_alternative, reopen_alternative):
        with pytest.raises(NotPossible):
            act(house.draft, actor=house.ana)
    with pytest.raises(NotPossible):
        rename_alternative(house.draft, name="Mine", actor=house.ana)


def test_what_an_alternative_said_at_first_is_read_from_the_history(tone, house):
    first = draft_document(tone)
    write(tone, "instructions", "Be kind.", house.ben)
    add_block(tone, type="role", actor=house.ben)
    declare_variable(tone, name="later", actor=house.ben)
    change_settings(tone, headings="xml", model="", temperature=None, actor=house.ben)

    assert opening_document(tone) == first


def test_taking_an_alternative_in_keeps_both_peoples_changes(tone, house):
    write(tone, "instructions", "Be kind. Be clear. Be short.", house.ben)
    declare_variable(tone, name="tone", actor=house.ben)
    write(house.draft, "input", "The message: {{message}}", house.ana)
    meeting = meets_alternative(house.draft, tone)

    merge_alternative(tone, seen=meeting.seen, answers=Answers(), actor=house.ana)

    shared = house.draft
    assert said(shared) == "Be kind. Be clear. Be short."
    assert said(shared, "input") == "The message: {{message}}"
    assert [v["name"] for v in draft_document(shared)["variables"]] == ["tone"]
    assert draft_contributors(shared) >= {house.ana.pk, house.ben.pk}
    assert Draft.objects.get(pk=tone.pk).closed_at is not None
    before = drafts_of(house.prompt).get(name__startswith="Before merging Shorter tone")
    assert said(before) == "Be kind. Be clear."


def test_words_that_meet_are_asked_about_and_nothing_is_written_before(tone, house):
    write(tone, "instructions", "Be kind. Be short.", house.ben)
    write(house.draft, "instructions", "Be kind. Be long.", house.ana)
    meeting = meets_alternative(house.draft, tone)
    piece = f"block:{house.block('instructions').key}"

    with pytest.raises(Invalid, match="1 are left"):
        merge_alternative(tone, seen=meeting.seen, answers=Answers(), actor=house.ana)
    assert said(house.draft) == "Be kind. Be long."
    answers = Answers({piece: "merged"}, {piece: "Be kind. Be both."})
    merge_alternative(tone, seen=meeting.seen, answers=answers, actor=house.ana)

    assert said(house.draft) == "Be kind. Be both."


def test_answers_to_an_older_text_are_not_taken(tone, house):
    write(tone, "instructions", "Be short.", house.ben)
    seen = meets_alternative(house.draft, tone).seen
    write(house.draft, "input", "Changed meanwhile", house.ana)

    with pytest.raises(Invalid, match="changed meanwhile"):
        merge_alternative(tone, seen=seen, answers=Answers(), actor=house.ana)


def test_a_version_of_an_alternative_is_brought_into_the_shared_draft(tone, house):
    write(tone, "instructions", "Be kind. Be clear. Be short.", house.ben)
    second = make_version(tone, reason="Shorter", actor=house.ben)
    add_block(house.draft, type="role", actor=house.ana)
    write(house.draft, "role", "A clerk.", house.ana)
    meeting = meets_latest(house.draft)
    assert meeting is not None

    merge_latest(house.draft, seen=meeting.seen, answers=Answers(), actor=house.ana)

    shared = draft_of(house.prompt)
    assert said(shared) == "Be kind. Be clear. Be short."
    assert said(shared, "role") == "A clerk."
    assert shared.base == second
    assert meets_latest(shared) is None


def test_a_merge_of_what_is_latest_already_changes_nothing(tone, house):
    before = draft_document(house.draft)
    merge_latest(house.draft, seen="", answers=Answers(), actor=house.ana)

    assert draft_document(house.draft) == before


# --- the pages --------------------------------------------------------------------------------


def test_a_draft_is_opened_renamed_put_away_and_opened_again(house, signed_in):
    browser = signed_in(house.ana)

    opened = browser.post(address("prompts:open_draft"), {"name": "Shorter tone", "version": ""})

    draft = drafts_of(house.prompt).get(name="Shorter tone")
    assert opened.url == f"{address('pages:write')}?draft={draft.pk}"
    assert "Shorter tone" in browser.get(opened.url).content.decode()
    again = browser.post(address("prompts:open_draft"), {"name": "Shorter tone"})
    assert again.status_code == 422
    assert 'value="Shorter tone"' in again.content.decode()
    browser.post(address("prompts:rename_draft", draft.pk), {"name": "Short"})
    browser.post(address("prompts:close_draft", draft.pk))
    listed = browser.get(address("prompts:drafts")).content.decode()
    assert "Put away" in listed
    assert "Short" in listed
    browser.post(address("prompts:reopen_draft", draft.pk))
    draft.refresh_from_db()
    assert (draft.name, draft.closed_at) == ("Short", None)


def test_the_merge_page_asks_and_keeps_what_was_typed(tone, house, signed_in):
    write(tone, "instructions", "Be kind. Be short.", house.ben)
    write(house.draft, "instructions", "Be kind. Be long.", house.ana)
    browser, url = signed_in(house.ana), address("prompts:merge_draft", tone.pk)
    piece = f"block:{house.block('instructions').key}"

    page = browser.get(url).content.decode()
    assert "1 place was changed on both sides" in page
    refused = browser.post(
        url, {"seen": "old", f"choice-{piece}": "merged", f"text-{piece}": "Own."}
    )
    assert refused.status_code == 422
    assert "Own." in refused.content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    typed = {"seen": seen[1], f"choice-{piece}": "merged", f"text-{piece}": "Own words."}
    done = browser.post(url, typed)

    assert (done.status_code, done.url) == (302, address("pages:write"))
    assert said(house.draft) == "Own words."


def test_a_version_of_an_alternative_is_asked_about_at_once(tone, house, signed_in):
    write(tone, "instructions", "Be short.", house.ben)
    url = f"{address('prompts:make_version')}?draft={tone.pk}"

    asked = signed_in(house.ben).post(url, {"reason": "Shorter", "ask": "yes"})

    assert asked.url.endswith("/-/ask-for-review/?version=2")
    assert version_document(latest_version(house.prompt)) == draft_document(tone)
    page = signed_in(house.ana).get(address("pages:write")).content.decode()
    assert "Bring v2 into this draft" in page
