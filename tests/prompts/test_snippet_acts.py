"""Pages that make, change, archive and propose a snippet, in front of the person."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.urls import reverse

from apps.prompts.actions import (
    archive_snippet,
    change_snippet,
    close_alternative,
    create_prompt,
    create_snippet,
    pin_snippet,
    propose_snippet,
    update_pin,
)
from apps.prompts.models import Draft, Snippet
from apps.prompts.queries import draft_of
from apps.teams.actions import create_namespace, grant
from apps.teams.queries import root_namespace

NEW = {
    "namespace": "support",
    "name": "Refund rule",
    "purpose": "",
    "type": "guardrails",
    "title": "",
    "body": "30 days.",
    "rows_as": "messages",
}


def rule(house, **more):
    words = {"name": "Refund rule", "type": "guardrails", "body": "30 days.", **more}
    return create_snippet(house.space, **words, actor=house.ana)


def page(client, name, *args):
    return client.get(reverse(name, args=args)).content.decode()


def test_a_snippet_is_made_from_nothing(house, signed_in):
    client = signed_in(house.ana)

    answer = client.post(reverse("prompts:create_snippet"), NEW)

    made = Snippet.objects.get()
    assert answer.url == reverse("prompts:snippet", args=[made.pk])
    assert made.versions.get().body == "30 days."


@pytest.mark.parametrize(
    ("field", "typed"), [("name", "a/b"), ("body", " "), ("namespace", "other")]
)
def test_what_is_refused_is_kept_as_it_was_typed(house, signed_in, field, typed):
    data = {**NEW, "body": "Words that stay.", field: typed, "input": "Hello", "output": "Hi"}

    answer = signed_in(house.ana).post(reverse("prompts:create_snippet"), data)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert data["name"] in shown
    assert data["body"] in shown
    assert "Hello" in shown
    assert not Snippet.objects.exists()


def test_a_snippet_of_examples_gets_its_rows(house, signed_in):
    client = signed_in(house.ana)
    data = {**NEW, "type": "examples", "body": "", "input": ["Hello", ""], "output": ["Hi", ""]}

    asked = client.post(reverse("prompts:create_snippet"), {**data, "act": "add"})
    client.post(reverse("prompts:create_snippet"), data)

    assert asked.content.decode().count('name="input"') == 3
    snippet = Snippet.objects.get()
    assert snippet.versions.get().rows == [{"input": "Hello", "output": "Hi"}]
    change = {"seen": 1, "body": "", "rows_as": "text", "input": "Bye", "output": "Bye you",
              "reason": "Parting"}  # fmt: skip
    client.post(reverse("prompts:change_snippet", args=[snippet.pk]), change)
    newest = snippet.versions.get(number=2)
    assert newest.rows == [{"input": "Bye", "output": "Bye you"}]
    assert newest.rows_as == "text"


def test_archiving_says_where_it_is_used_and_keeps_the_reason(house, signed_in):
    snippet, client = rule(house), signed_in(house.ana)
    pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    address = reverse("prompts:archive_snippet", args=[snippet.pk])
    assert "1 prompt uses it" in client.get(address).content.decode()

    client.post(address, {"reason": "Law of 2027"}, follow=True)

    listed = client.get(reverse("prompts:snippets")).content.decode()
    kept = client.get(reverse("prompts:snippets") + "?archived=1").content.decode()
    assert "Refund rule" not in listed
    assert "Refund rule" in kept
    assert house.block("guardrails").body == "30 days."
    assert "Take out of the archive" in page(client, "prompts:snippet", snippet.pk)
    client.post(reverse("prompts:restore_snippet", args=[snippet.pk]))
    assert "Refund rule" in client.get(reverse("prompts:snippets")).content.decode()


def test_the_list_shows_one_namespace(house, signed_in):
    rule(house)
    below = create_namespace(house.space, segment="cards", actor=house.admin)
    create_snippet(below, name="Card rule", type="role", body="x", actor=house.ana)

    shown = signed_in(house.ana).get(reverse("prompts:snippets") + "?in=support/cards")

    assert "Card rule" in shown.content.decode()
    assert "Refund rule" not in shown.content.decode()


def test_two_versions_are_compared_word_by_word(house, signed_in):
    snippet = rule(house)
    change_snippet(snippet, seen=1, body="14 days.", reason="New law", actor=house.ana)

    shown = page(signed_in(house.ana), "pages:compare_snippet", snippet.pk)

    assert "<del>" in shown
    assert "<ins>" in shown
    assert "New law" in shown


def test_an_update_is_shown_before_it_is_taken_over(house, signed_in):
    snippet = rule(house)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    change_snippet(snippet, seen=1, body="{{days}} days.", reason="Our choice", actor=house.ana)

    shown = page(signed_in(house.ana), "pages:newer_snippet", "support/reply", pin.key)

    assert "Our choice" in shown
    assert "Take over v2" in shown
    assert '<span class="var">days</span>' in shown
    assert house.block("guardrails").body == "30 days."
    viewed = page(signed_in(house.viewer), "pages:newer_snippet", "support/reply", pin.key)
    assert "Take over v2" not in viewed


def test_words_of_a_hidden_snippet_are_shown_nowhere(house, signed_in):
    away = create_namespace(root_namespace(), segment="law", actor=house.admin)
    grant(away, role="author", to=house.ana, actor=house.admin)
    snippet = create_snippet(
        away, name="Lawbook", type="guardrails", body="Old words.", actor=house.ana
    )
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    change_snippet(snippet, seen=1, body="Secret.", reason="Hush", actor=house.ana)
    ana, ben = signed_in(house.ana), signed_in(house.ben)

    for name, args in (
        ("prompts:snippet", [snippet.pk]),
        ("pages:compare_snippet", [snippet.pk]),
        ("pages:newer_snippet", ["support/reply", pin.key]),
    ):
        assert ben.get(reverse(name, args=args)).status_code == 404
        assert ana.get(reverse(name, args=args)).status_code == 200
    shown = page(ben, "pages:write", "support/reply")
    assert "Old words." in shown  # the prompt says them
    assert "Lawbook" not in shown
    assert "Update to v" not in shown


def test_one_prompt_that_fails_holds_up_no_other_and_is_tried_again(house, signed_in):
    snippet, client = rule(house), signed_in(house.ana)
    other = create_prompt(house.space, segment="other", name="Other", actor=house.ana)
    for prompt in (house.prompt, other):
        pin_snippet(draft_of(prompt), snippet=snippet, actor=house.ana)
    real = propose_snippet

    def stumble(version, *, prompt, actor):
        if prompt == house.prompt:
            raise RuntimeError("a broken row")
        return real(version, prompt=prompt, actor=actor)

    change = {"seen": 1, "body": "14 days.", "reason": "New law"}
    with patch("apps.prompts.actions.propose_snippet", stumble):
        client.post(reverse("prompts:change_snippet", args=[snippet.pk]), change)

    shown = page(client, "prompts:snippet", snippet.pk)
    assert list(Draft.objects.filter(proposed_by__number=2).values_list("prompt", flat=True)) == [
        other.pk
    ]
    assert "No draft could be made in" in shown
    assert "No draft yet" in shown
    client.post(reverse("prompts:propose_snippet", args=[snippet.pk]))
    assert Draft.objects.filter(proposed_by__number=2).count() == 2
    assert "No draft yet" not in page(client, "prompts:snippet", snippet.pk)


def test_each_prompt_says_what_became_of_the_proposal(house, signed_in):
    snippet, client = rule(house), signed_in(house.ana)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)

    def said(person):
        return page(signed_in(person), "prompts:snippet", snippet.pk)

    assert "Nothing to do" in said(house.ana)
    change_snippet(snippet, seen=1, body="14 days.", reason="New law", actor=house.ana)
    assert "No draft yet" in said(house.ana)
    assert "You may not edit it" in said(house.viewer)
    client.post(reverse("prompts:propose_snippet", args=[snippet.pk]))
    assert "Proposed" in said(house.ana)
    close_alternative(Draft.objects.get(proposed_by__number=2), actor=house.ana)
    assert "Put away" in said(house.ana)
    update_pin(pin, actor=house.ana)
    assert "Taken over" in said(house.ana)


def test_a_refused_name_stays_in_its_field(house, signed_in):
    rule(house)
    block, client = house.block("instructions"), signed_in(house.ana)
    address = reverse("prompts:share_block", args=["support/reply", block.key])
    client.post(
        reverse("prompts:save_block", args=["support/reply", block.key]),
        {"revision": 1, "body": "Be kind."},
    )

    answer = client.post(address, {"name": "Refund rule"})

    assert answer.status_code == 422
    assert 'value="Refund rule"' in answer.content.decode()
    assert "Choose another name" in answer.content.decode()
    assert client.post(address, {"name": "Kindness"}).status_code == 302


def test_an_archived_snippet_is_not_changed(house, signed_in):
    snippet = rule(house)
    change = {"seen": 1, "body": "14 days.", "reason": "New law"}
    address = reverse("prompts:change_snippet", args=[snippet.pk])
    archive_snippet(snippet, actor=house.ana)

    answer = signed_in(house.ana).post(address, change)

    assert answer.status_code == 409
    assert "is archived" in answer.content.decode()
    assert snippet.versions.count() == 1
