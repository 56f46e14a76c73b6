"""What is found in a text can be put aside with a reason, which is kept, and shown to reviewers."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.prompts.actions import (
    archive_prompt,
    declare_variable,
    dismiss_finding,
    make_version,
    save_block,
    show_finding_again,
    switch_block,
)
from apps.prompts.models import Dismissal
from apps.prompts.queries import draft_document, version_document
from apps.prompts.queries.findings import dismissed_in, found_in

SECRET = "Use AKIAIOSFODNN7EXAMPLE to sign."
HOSTILE = "<img src=x onerror=alert(1)> {{ x }}"


def write(house, body, type="instructions"):
    block = house.block(type)
    save_block(block, revision=block.revision, body=body, actor=house.ana)


def found(house, code="secret"):
    known = found_in(house.prompt, draft_document(house.draft))
    return next(one for one in known if one.about.code == code)


def dismiss(house, reason="AWS prints this one in its manual", code="secret", actor=None):
    digest = found(house, code).digest
    return dismiss_finding(house.draft, digest=digest, reason=reason, actor=actor or house.ana)


@pytest.fixture
def told(house):
    """A house whose instructions seem to hold a key."""
    write(house, SECRET)
    return house


def test_a_dismissal_keeps_the_reason_who_and_when(told):
    dismiss(told)

    row = found(told).dismissal
    assert (row.reason, row.person, row.code) == (
        "AWS prints this one in its manual", told.ana, "secret",
    )  # fmt: skip
    assert row.at is not None


def test_other_words_in_the_block_bring_the_finding_back(told):
    dismiss(told)

    write(told, f"{SECRET} Always.")
    assert found(told).dismissal is None
    write(told, SECRET)
    assert found(told).dismissal is not None


def test_another_secret_at_the_same_place_is_another_finding(told):
    dismiss(told)

    write(told, SECRET.replace("AKIAI", "AKIAX"))

    assert found(told).dismissal is None


def test_other_words_elsewhere_leave_it_dismissed(told):
    dismiss(told)

    write(told, "Somebody asks: what now?", type="input")
    switch_block(told.block("input"), enabled=False, actor=told.ana)

    assert found(told).dismissal is not None


def declare(house, name):
    declare_variable(
        house.draft, name=name, type="text", required=False, default=None, description="",
        max_length=None, choices=[], actor=house.ana,
    )  # fmt: skip


def test_a_variable_that_nobody_uses_stays_dismissed_whatever_else_changes(house):
    declare(house, "city")
    dismiss(house, "Comes next month", code="unused_variable")

    write(house, "Other words.")
    declare(house, "town")

    known = found_in(house.prompt, draft_document(house.draft))
    said = {one.about.sentence[:6]: one.dismissal is not None for one in known}
    assert said == {"“city”": True, "“town”": False}


def test_two_instructions_that_contradict_come_back_when_either_changes(house):
    write(house, "Answer in at most 50 words. Answer in at most 90 words.")
    dismiss(house, "The second is for lists", code="contradiction")
    assert found(house, "contradiction").dismissal is not None

    write(house, "Hello", type="input")

    assert found(house, "contradiction").dismissal is None


def test_shown_again_it_counts_as_before_and_the_row_stays(told):
    dismiss(told)

    show_finding_again(told.draft, digest=found(told).digest, actor=told.ben)

    assert found(told).dismissal is None
    row = Dismissal.objects.get()
    assert (row.person, row.shown_again_by) == (told.ana, told.ben)
    assert dismiss(told, "Looked again").pk != row.pk


def test_a_second_dismissal_leaves_the_first_ones_reason(told):
    first = dismiss(told)

    assert dismiss(told, "Mine", actor=told.ben) == first
    assert found(told).dismissal.reason == "AWS prints this one in its manual"


@pytest.mark.parametrize("reason", ["", "  \n ", "a" * 501])
def test_nothing_is_dismissed_without_a_fitting_reason(told, reason):
    with pytest.raises(Invalid) as refused:
        dismiss(told, reason)

    assert list(refused.value.errors) == ["reason"]
    assert found(told).dismissal is None


def test_what_is_not_found_any_more_cannot_be_dismissed(told):
    digest = found(told).digest
    write(told, "Nothing here.")

    with pytest.raises(Invalid):
        dismiss_finding(told.draft, digest=digest, reason="Late", actor=told.ana)

    assert not Dismissal.objects.exists()


def test_who_may_not_edit_may_not_dismiss(told):
    with pytest.raises(NotAllowed):
        dismiss(told, actor=told.viewer)
    with pytest.raises(NotVisible):
        dismiss(told, actor=told.outsider)
    row = dismiss(told)
    with pytest.raises(NotAllowed):
        show_finding_again(told.draft, digest=row.digest, actor=told.viewer)
    archive_prompt(told.prompt, reason="Old", actor=told.ana)
    with pytest.raises(NotPossible):
        show_finding_again(told.draft, digest=row.digest, actor=told.ana)

    assert found(told).dismissal == row


def test_a_version_of_the_same_words_has_the_same_dismissals(told):
    dismiss(told)

    version = make_version(told.draft, reason="Ready", actor=told.ana)
    write(told, "Quite other words.")

    (one,) = dismissed_in(told.prompt, version_document(version))
    assert (one.about.code, one.dismissal.person) == ("secret", told.ana)


def pane(house):
    return reverse("prompts:checks_pane", args=[house.prompt.path])


def post(house, client, act="dismiss_finding", **given):
    address = reverse(f"prompts:{act}", args=[house.prompt.path])
    headers = {"HX-Request": "true"} if given.pop("htmx", False) else {}
    return client.post(address, {"finding": found(house).digest, **given}, headers=headers)


def test_a_plain_form_dismisses_and_shows_again(told, signed_in):
    client = signed_in(told.ana)
    write_page = reverse("pages:write", args=[told.prompt.path]) + "?pane=checks"
    assert "Why this is no problem" in client.get(write_page).content.decode()

    answer = post(told, client, reason=HOSTILE)

    assert (answer.status_code, answer["Location"]) == (302, write_page)
    page = client.get(write_page).content.decode()
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert HOSTILE not in page
    assert "Show again" in page
    assert post(told, client, "show_finding_again").status_code == 302
    assert "Show again" not in client.get(write_page).content.decode()


def test_who_only_views_reads_the_reason_and_has_no_button(told, signed_in):
    dismiss(told)

    page = signed_in(told.viewer).get(pane(told)).content.decode()

    assert "AWS prints this one in its manual" in page
    assert "Show again" not in page
    assert "Why this is no problem" not in page


@pytest.mark.parametrize("htmx", [False, True])
def test_a_refused_form_keeps_what_was_typed(told, signed_in, htmx):
    client, long = signed_in(told.ana), "b" * 501

    answer = post(told, client, reason=long, htmx=htmx)

    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert "Shorten it" in answer.content.decode() or "at most 500" in answer.content.decode()


@pytest.mark.parametrize("htmx", [False, True])
def test_a_late_form_says_that_the_text_changed_and_keeps_the_reason(told, signed_in, htmx):
    client = signed_in(told.ana)
    old = found(told).digest
    write(told, f"{SECRET} Always.")

    answer = post(told, client, finding=old, reason="I know this one", htmx=htmx)

    assert answer.status_code == 422
    assert "The text changed meanwhile" in answer.content.decode()
    assert "I know this one" in answer.content.decode()
