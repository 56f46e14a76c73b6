from __future__ import annotations

from django.urls import reverse

from apps.prompts.actions import archive_snippet, change_snippet, create_snippet, pin_snippet


def rule(house):
    return create_snippet(
        house.space, name="Refund rule", type="guardrails", body="30 days.", actor=house.ana
    )


def test_a_changed_snippet_is_proposed_where_it_is_used(house, signed_in):
    snippet = rule(house)
    pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    data = {"seen": "1", "title": "", "body": "14 days.", "reason": "New law"}

    signed_in(house.ana).post(reverse("prompts:change_snippet", args=[snippet.pk]), data)

    page = signed_in(house.ana).get(reverse("prompts:snippet", args=[snippet.pk])).content.decode()
    assert "14 days." in page
    assert "update available" in page
    assert "Snippet: Refund rule v2" in page


def test_a_change_without_a_reason_keeps_what_was_typed(house, signed_in):
    snippet = rule(house)
    data = {"seen": "1", "title": "", "body": "14 days.", "reason": ""}

    answer = signed_in(house.ana).post(reverse("prompts:change_snippet", args=[snippet.pk]), data)

    assert answer.status_code == 422
    assert "14 days." in answer.content.decode()


def test_a_pin_shows_its_words_and_no_box_to_type_in(house, signed_in):
    pin = pin_snippet(house.draft, snippet=rule(house), actor=house.ana)

    page = signed_in(house.ana).get(reverse("pages:write", args=["support/reply"])).content.decode()

    assert "30 days." in page
    assert f"form-{pin.key}" not in page
    assert f"form-{house.block('instructions').key}" in page


def test_the_list_finds_by_words_and_shows_only_what_one_may_see(house, signed_in):
    rule(house)
    address = reverse("prompts:snippets")

    assert "Refund rule" in signed_in(house.viewer).get(f"{address}?q=30").content.decode()
    assert "Refund rule" not in signed_in(house.viewer).get(f"{address}?q=x").content.decode()
    assert "Refund rule" not in signed_in(house.outsider).get(address).content.decode()


def page_of(client):
    return client.get(reverse("pages:write", args=["support/reply"])).content.decode()


def test_the_editor_offers_snippets_and_inserts_one(house, signed_in):
    snippet, client = rule(house), signed_in(house.ana)
    assert "Insert a snippet" in page_of(client)

    client.post(reverse("prompts:pin_snippet", args=["support/reply"]), {"snippet": snippet.pk})

    assert "used in 1 prompt" in page_of(client)
    archive_snippet(snippet, actor=house.ana)
    assert "Insert a snippet" not in page_of(client)


def test_a_pin_offers_the_newest_version_only_while_it_is_older(house, signed_in):
    snippet = rule(house)
    pin = pin_snippet(house.draft, snippet=snippet, actor=house.ana)
    assert "Update to v" not in page_of(signed_in(house.ana))
    change_snippet(snippet, seen=1, body="14 days.", reason="New law", actor=house.ana)
    assert "Update to v2" in page_of(signed_in(house.ana))

    address = reverse("prompts:update_pin", args=["support/reply", pin.key])
    signed_in(house.ana).post(address)

    assert "14 days." in page_of(signed_in(house.ana))
    assert "Update to v" not in page_of(signed_in(house.ana))
