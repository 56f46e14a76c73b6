"""The editor's routes: JSON for saves, parts for htmx, redirects and pages for plain forms."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from django.urls import reverse

from apps.prompts.actions import (
    add_block,
    declare_variable,
    remove_block,
    save_block,
    save_sample,
    switch_block,
)
from apps.prompts.models import ConflictCopy, DraftVariable, Prompt, Sample
from apps.prompts.queries import draft_document, draft_of, version_document
from tests.prompts.conftest import House

FETCH = {"HTTP_ACCEPT": "application/json", "HTTP_HX_REQUEST": "true"}
HTMX = {"HTTP_HX_REQUEST": "true"}
WRITE = "/prompts/support/reply/-/write/"


@pytest.fixture
def ana(house: House, signed_in):
    return signed_in(house.ana)


def url(name, *args):
    return reverse(f"prompts:{name}", args=["support/reply", *args])


def save_url(house, type="instructions"):
    return url("save_block", house.block(type).key)


def conflict(house):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ana)
    save_block(block, revision=2, body="Be rude.", actor=house.ben)


def test_save_block_by_fetch_answers_the_new_revision(house, ana):
    answer = ana.post(save_url(house), {"revision": "1", "body": "Be kind."}, **FETCH)

    assert answer.status_code == 200
    assert answer.json() == {
        "revision": 2,
        "saved_at": house.block("instructions").changed_at.isoformat().replace("+00:00", "Z"),
    }


def test_save_block_by_a_plain_form_goes_back_to_the_page(house, ana):
    answer = ana.post(save_url(house), {"revision": "1", "body": "Be kind.", "next": WRITE})

    assert (answer.status_code, answer.url) == (302, WRITE)
    assert house.block("instructions").body == "Be kind."


def test_save_block_answers_a_merged_text(house, ana):
    block = house.block("instructions")
    save_block(block, revision=1, body="One. Two.", actor=house.ben)
    save_block(block, revision=2, body="First. Two.", actor=house.ben)

    answer = ana.post(save_url(house), {"revision": "2", "body": "One. Second."}, **FETCH).json()

    assert (answer["revision"], answer["body"]) == (4, "First. Second.")
    assert answer["notice"].startswith("Another person changed this block too.")


def test_save_block_of_the_same_words_answers_the_panel(house, ana):
    conflict(house)

    answer = ana.post(save_url(house), {"revision": "2", "body": "Be calm."}, **FETCH)

    page = answer.content.decode()
    copy = ConflictCopy.objects.get()
    assert answer.status_code == 409
    assert page.count("<html") == 0
    assert page.count(f'name="revision" value="3~{copy.pk}"') == 3
    assert page.count(f'action="{save_url(house)}"') == 3
    assert [text in page for text in ("Be calm.", "Be rude.", "Ben")] == [True, True, True]


def test_the_choice_in_the_panel_settles_the_conflict(house, ana):
    conflict(house)
    ana.post(save_url(house), {"revision": "2", "body": "Be calm."}, **FETCH)
    copy = ConflictCopy.objects.get()

    answer = ana.post(save_url(house), {"revision": f"3~{copy.pk}", "body": "Be calm."}, **FETCH)

    copy.refresh_from_db()
    assert answer.json()["revision"] == 4
    assert copy.settled_at is not None
    assert house.block("instructions").body == "Be calm."


def test_a_conflict_without_javascript_is_a_page_of_its_own(house, ana):
    conflict(house)

    answer = ana.post(save_url(house), {"revision": "2", "body": "Be calm."})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.count("<html") == 1
    assert page.count("data-merge-panel") == 1
    assert page.count(f'action="{save_url(house)}"') == 3
    again = ana.get(url("conflict", ConflictCopy.objects.get().pk))
    assert again.status_code == 200
    assert again.content.decode().count("Be calm.") == page.count("Be calm.")


def test_an_open_conflict_stands_in_its_block_when_the_page_is_loaded_again(house, ana, signed_in):
    conflict(house)
    ana.post(save_url(house), {"revision": "2", "body": "Be calm."}, **FETCH)

    mine = ana.get(url("blocks_pane")).content.decode()
    bens = signed_in(house.ben).get(url("blocks_pane")).content.decode()

    assert (mine.count("data-merge-panel"), mine.count("See both texts")) == (1, 0)
    assert (bens.count("data-merge-panel"), bens.count("See both texts")) == (0, 1)


def test_save_block_that_is_too_long_says_so_to_fetch(house, ana):
    body = "a" * (256 * 1024 + 1)

    answer = ana.post(save_url(house), {"revision": "1", "body": body}, **FETCH)

    assert answer.status_code == 422
    assert list(answer.json()) == ["errors"]
    assert answer.json()["errors"]["body"][0].startswith("This block holds 257 KiB")


def test_save_block_that_is_too_long_keeps_the_text_in_a_page(house, ana):
    body = "<b>" + "a" * (256 * 1024)

    answer = ana.post(save_url(house), {"revision": "1", "body": body})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "\n&lt;b&gt;" + "a" * (256 * 1024) + "</textarea>" in page
    assert "This block holds 257 KiB" in page


def test_save_block_with_rows(house, ana):
    block = add_block(house.draft, type="examples", actor=house.ana)
    typed = {"revision": "1", "body": "Copy:", "input": ["a", ""], "output": ["b", ""]}

    ana.post(url("save_block", block.key), typed | {"rows_as": "text"}, **FETCH)

    saved = house.block("examples")
    assert (saved.body, saved.rows, saved.rows_as) == (
        "Copy:",
        [{"input": "a", "output": "b"}],
        "text",
    )


@pytest.mark.parametrize(
    ("act", "left"),
    [
        ("remove 1", "acd"),
        ("up 1", "bacd"),
        ("up 0", "abcd"),
        ("down 1", "acbd"),
        ("down 3", "abcd"),
        ("duplicate 1", "abbcd"),
        ("add", "abcd"),
        ("remove 9", "abcd"),
        ("remove -1", "abcd"),
        ("paint 1", "abcd"),
    ],
)
def test_a_button_of_a_row_saves_what_was_typed_and_does_what_it_says(act, left, house, ana):
    """Without a script. `d` was typed just now; the empty row at the end is dropped."""
    block = add_block(house.draft, type="examples", actor=house.ana)
    rows = [{"input": n, "output": n} for n in "abc"]
    save_block(block, revision=1, body="", rows=rows, actor=house.ana)
    typed = [*"abcd", ""]

    sent = {"revision": "2", "body": "", "input": typed, "output": typed, "act": act}
    answer = ana.post(url("save_block", block.key), sent)

    assert answer.status_code == 302
    assert "".join(row["input"] for row in house.block("examples").rows) == left


STRUCTURE = [
    ("retype_block", {"type": "role"}, "role input"),
    ("switch_block", {"enabled": "no"}, "instructions input"),
    ("title_block", {"title": "Do"}, "instructions input"),
    ("move_block", {"direction": "down"}, "input instructions"),
    ("move_block", {"direction": "up"}, "instructions input"),
    ("duplicate_block", {}, "instructions instructions input"),
    ("remove_block", {}, "input"),
    ("put_back_block", {}, "instructions input"),
]


@pytest.mark.parametrize(("name", "data", "after"), STRUCTURE)
def test_structure_answers_the_list_to_htmx_and_redirects_a_plain_form(
    house, ana, name, data, after
):
    block = house.block("instructions")

    answer = ana.post(url(name, block.key), data, **HTMX)

    page = answer.content.decode()
    shown = re.findall(r'<li class="block"[^>]*data-block="(\w+)"', page)
    assert (answer.status_code, " ".join(shown)) == (200, after)
    assert page.count('id="blocks"') == 1
    assert json.loads(answer.headers["HX-Trigger"]) == {"draft-saved": {}}
    plain = ana.post(url(name, block.key), data)
    assert (plain.status_code, plain.url) == (302, WRITE)


def test_remove_block_offers_to_undo(house, ana):
    key = house.block("instructions").key

    page = ana.post(url("remove_block", key), **HTMX).content.decode()

    assert "Instructions deleted" in page
    assert page.count(f'action="{url("put_back_block", key)}"') == 2  # the toast and the list


def test_add_block_gives_the_new_block_the_caret(house, ana):
    after = house.block("instructions").key

    page = ana.post(url("add_block"), {"type": "role", "after": after}, **HTMX).content.decode()

    assert [block.type for block in house.blocks] == ["instructions", "role", "input"]
    assert re.findall(r'data-block="(\w+)" data-focus', page) == ["role"]


def test_order_blocks_takes_the_posted_order(house, ana):
    keys = [str(block.key) for block in reversed(house.blocks)]

    ana.post(url("order_blocks"), {"order": [*keys, "nonsense"]}, **HTMX)

    assert [str(block.key) for block in house.blocks] == keys


def test_a_viewer_reads_the_blocks_and_has_no_form(house, signed_in):
    save_block(house.block("input"), revision=1, body="<i>{{x}}</i>", actor=house.ana)
    viewer = signed_in(house.viewer)

    page = viewer.get(url("blocks_pane")).content.decode()

    assert (page.count("<form"), page.count("<textarea"), page.count("<i>")) == (0, 0, 0)
    assert "&lt;i&gt;" in page
    assert viewer.post(save_url(house), {"revision": "2", "body": "x"}).status_code == 403
    assert house.block("input").body == "<i>{{x}}</i>"


def test_an_outsider_finds_nothing(house, signed_in):
    other = signed_in(house.outsider)

    for name in ("blocks_pane", "preview_pane", "variables_pane", "samples_pane", "checks_pane"):
        assert other.get(url(name)).status_code == 404
    assert other.post(save_url(house), {"revision": "1", "body": "x"}, **FETCH).status_code == 404
    assert house.block("instructions").body == ""


def test_a_block_of_another_prompt_is_not_found(house, ana):
    answer = ana.post(url("save_block", uuid.uuid4()), {"revision": "1", "body": "x"}, **FETCH)

    assert answer.status_code == 404


def test_declare_variable_keeps_what_was_typed(house, ana):
    typed = {"name": "1 st", "type": "number", "default": "much", "description": "<Age>"}

    part = ana.post(url("declare_variable"), typed, **HTMX)
    page = ana.post(url("declare_variable"), typed)

    for answer in (part, page):
        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="1 st"' in text
        assert "much</textarea>" in text
        assert 'value="&lt;Age&gt;"' in text
    assert (part.content.count(b"<html"), page.content.count(b"<html")) == (0, 1)


def test_variables_are_declared_changed_and_removed(house, ana):
    block = house.block("instructions")
    save_block(block, revision=1, body="{{tone}} {{age}}", actor=house.ana)
    ana.post(url("declare_found_variables"), {"name": "tone"}, **HTMX)
    tone = DraftVariable.objects.get()
    typed = {"name": "voice", "type": "choice", "choices": "calm\r\nwarm\r\n", "default": "warm"}

    answer = ana.post(url("change_variable", tone.pk), typed, **HTMX)

    tone.refresh_from_db()
    assert answer.status_code == 200
    assert json.loads(answer.headers["HX-Trigger"]) == {"draft-saved": {}, "blocks-stale": {}}
    assert (tone.name, tone.choices, tone.default, tone.required) == (
        "voice",
        ["calm", "warm"],
        "warm",
        False,
    )
    ana.post(url("remove_variable", tone.pk), **HTMX)
    assert list(DraftVariable.objects.all()) == []


def test_samples_are_typed_by_their_variables(house, ana):
    declare_variable(house.draft, name="age", type="number", actor=house.ana)
    declare_variable(house.draft, name="kids", type="list", actor=house.ana)

    wrong = ana.post(url("save_sample"), {"name": "Old", "value-age": "very"}, **HTMX)
    right = ana.post(
        url("save_sample"), {"name": "Old", "value-age": "90", "value-kids": "Ann\r\nBo"}, **HTMX
    )

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert 'value="very"' in wrong.content.decode()
    assert Sample.objects.get().values == {"age": 90, "kids": ["Ann", "Bo"]}


def test_the_preview_shows_the_sample_escaped(house, ana):
    save_block(house.block("instructions"), revision=1, body="Say {{w}}", actor=house.ana)
    declare_variable(house.draft, name="w", actor=house.ana)
    sample = save_sample(house.prompt, name="S", values={"w": "<script>"}, actor=house.ana)

    page = ana.get(url("preview_pane"), {"sample": sample.pk}, **HTMX).content.decode()

    assert '<span class="fill" title="w">&lt;script&gt;</span>' in page
    assert page.count("hx-swap-oob") == 2


def test_change_settings_and_output_by_fetch(house, ana):
    settings = {"headings": "xml", "model": "a/b", "temperature": "0.5"}
    output = {
        "format": "json",
        "field_name": ["queue", ""],
        "field_type": ["text", "text"],
        "field_description": ["One of six", ""],
    }

    good = ana.post(url("change_settings"), settings, **FETCH)
    bad = ana.post(url("change_settings"), settings | {"temperature": "9"}, **FETCH)
    fields = ana.post(url("change_output"), output, **FETCH)

    document = draft_document(house.draft)
    assert (good.status_code, bad.status_code, fields.status_code) == (200, 422, 200)
    assert document["models"][0]["parameters"] == {"temperature": 0.5}
    assert list(document["output"]["json_schema"]["properties"]) == ["queue"]


def test_make_version_needs_a_reason(house, ana):
    save_block(house.block("input"), revision=1, body="x", actor=house.ana)

    without = ana.post(url("make_version"), {"reason": " "})
    answer = ana.post(url("make_version"), {"reason": "Because"})
    same = ana.post(url("make_version"), {"reason": "Again"})

    assert [without.status_code, answer.status_code, same.status_code] == [422, 302, 409]
    assert house.prompt.versions.get().reason == "Because"


def test_restore_version_goes_to_the_draft(house, ana):
    save_block(house.block("input"), revision=1, body="x", actor=house.ana)
    ana.post(url("make_version"), {"reason": "Because"})
    save_block(house.block("input"), revision=2, body="y", actor=house.ana)

    answer = ana.post(url("restore_version", 1))

    assert (answer.status_code, answer.url) == (302, WRITE)
    assert draft_document(house.draft) == version_document(house.prompt.versions.get())
    assert ana.post(url("restore_version", 99)).status_code == 404


NEW = {"namespace": "support", "name": "New one", "segment": "new-one", "tags": "a, B"}


def test_create_prompt_from_the_form(house, ana):
    answer = ana.post(reverse("prompts:create_prompt"), NEW)

    prompt = Prompt.objects.get(path="support/new-one")
    assert answer.url == "/prompts/support/new-one/-/write/"
    assert prompt.tags == ["a", "b"]


@pytest.mark.parametrize(
    "wrong", [{"segment": "reply"}, {"segment": "A b"}, {"namespace": "other"}, {"name": ""}]
)
def test_create_prompt_keeps_what_was_typed(house, ana, wrong):
    answer = ana.post(reverse("prompts:create_prompt"), NEW | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="a, B"' in page
    assert Prompt.objects.count() == 1


TEXT = "# ROLE\n\nYou are {{who}}.\n\n# STEPS\n\n1. Go <b>on</b>.\n"


def test_paste_prompt_shows_the_blocks_and_makes_what_is_confirmed(house, ana):
    page = ana.post(reverse("prompts:paste_prompt"), {"text": TEXT}).content.decode()
    titles = re.findall(r'name="block_title" value="([^"]*)"', page)
    bodies = re.findall(r'name="block_body" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    chosen = re.findall(r'<option value="(\w+)" selected>', page)
    assert (titles, chosen) == (["# ROLE", "# STEPS"], ["role", "instructions"])

    answer = ana.post(
        reverse("prompts:paste_prompt"),
        NEW
        | {
            "step": "create",
            "block_type": ["context", "instructions"],
            "block_title": titles,
            "block_body": [
                body.replace("&lt;", "<").replace("&gt;", ">").replace("\n", "\r\n")
                for body in bodies
            ],
        },
    )

    document = draft_document(draft_of(Prompt.objects.get(path="support/new-one")))
    assert answer.status_code == 302
    assert "".join(b["title"] + b["body"] for b in document["blocks"]) == TEXT
    assert [block["type"] for block in document["blocks"]] == ["context", "instructions"]
    assert [variable["name"] for variable in document["variables"]] == ["who"]


@pytest.mark.parametrize("text", ["", "a" * (1024 * 1024 + 1)])
def test_paste_prompt_refuses_what_cannot_be_split(house, ana, text):
    answer = ana.post(reverse("prompts:paste_prompt"), {"text": text})

    assert answer.status_code == 422
    assert Prompt.objects.count() == 1


def test_change_archive_and_restore_prompt(house, ana):
    changed = ana.post(url("change_prompt"), {"name": "Other", "tags": "x"})
    ana.post(url("archive_prompt"), {"reason": "Done"})
    stopped = ana.post(url("change_prompt"), {"name": "Third"})
    ana.post(url("restore_prompt"), {})

    fresh = Prompt.objects.get(pk=house.prompt.pk)
    assert (changed.status_code, stopped.status_code) == (302, 409)
    assert (fresh.name, fresh.tags, fresh.lifecycle) == ("Other", ["x"], "active")


def test_a_signed_out_save_is_sent_to_the_sign_in_page(house, client):
    answer = client.post(save_url(house), {"revision": "1", "body": "x"}, **FETCH)

    assert answer.status_code == 302
    assert house.block("instructions").body == ""


def test_a_form_takes_nothing_but_its_fields(house, ana):
    """T21: every other column of the rows is posted too, and stays as it was."""
    block = house.block("instructions")
    extra = {"type": "note", "enabled": "", "removed_at": "2020-01-01", "changed_by": "1"}

    ana.post(save_url(house), {"revision": "1", "body": "x", **extra}, **FETCH)
    ana.post(
        url("change_prompt"),
        {"name": "N", "path": "x/y", "namespace": "other", "lifecycle": "archived", "id": "9"},
    )

    fresh = house.block("instructions")
    prompt = Prompt.objects.get(pk=house.prompt.pk)
    assert (fresh.pk, fresh.type, fresh.enabled, fresh.changed_by) == (
        block.pk,
        "instructions",
        True,
        house.ana,
    )
    assert (prompt.path, prompt.namespace, prompt.lifecycle) == (
        "support/reply",
        house.space,
        "active",
    )


def test_blocks_say_their_tokens_and_share_of_what_is_sent(house, ana):
    save_block(house.block("instructions"), revision=1, body="one two three", actor=house.ana)
    save_block(house.block("input"), revision=1, body="one", actor=house.ana)
    off = add_block(house.draft, type="role", actor=house.ana)
    save_block(off, revision=1, body="not sent at all", actor=house.ana)
    switch_block(off, enabled=False, actor=house.ana)
    note = add_block(house.draft, type="note", actor=house.ana)
    save_block(note, revision=1, body="for us", actor=house.ana)

    page = ana.get(url("blocks_pane")).content.decode()
    beside = ana.get(url("preview_pane"), **HTMX).content.decode()

    shown = [part.replace("\u00a0", " ") for part in re.findall(r'id="tokens-[^>]*>(.*?)<', page)]
    assert shown == ["3 tokens, 75 %", "1 token, 25 %", "4 tokens", ""]
    again = re.findall(r'id="tokens-[^>]*>(.*?)<', beside)
    assert [part.replace("\u00a0", " ") for part in again] == shown


def test_block_pane_is_the_one_block_and_sends_for_the_list_when_it_is_gone(house, ana):
    block = house.block("instructions")
    save_block(block, revision=1, body="Be kind.", actor=house.ben)

    there = ana.get(url("block_pane", block.key), **HTMX)
    remove_block(block, actor=house.ben)
    gone = ana.get(url("block_pane", block.key), **HTMX)

    page = there.content.decode()
    assert (page.count('class="block"'), "Be kind." in page) == (1, True)
    assert len(there.content) < len(ana.get(url("blocks_pane"), **HTMX).content)
    assert (gone.status_code, gone.content) == (204, b"")
    assert json.loads(gone.headers["HX-Trigger"]) == {"touch-blocks": {}}
    assert ana.get(url("block_pane", uuid.uuid4()), **HTMX).status_code == 404
