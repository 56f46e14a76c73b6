"""Forms of settings and variables that were opened before somebody else changed the same."""

from __future__ import annotations

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Invalid
from apps.prompts.actions import (
    add_block,
    change_output,
    change_settings,
    change_variable,
    declare_variable,
)
from apps.prompts.output_fields import OutputField
from apps.prompts.queries import draft_document
from apps.prompts.queries.documents import variable_part
from apps.prompts.stale import reconcile

FETCH = {"HTTP_ACCEPT": "application/json", "HTTP_HX_REQUEST": "true"}
HTMX = {"HTTP_HX_REQUEST": "true"}
names = st.sampled_from("abc")


def settings(house, actor, revision=None, **typed):
    given = {"headings": "none", "model": "", "temperature": None, **typed}
    return change_settings(house.draft, **given, revision=revision, actor=actor)


def test_settings_that_two_people_changed_apart_are_both_kept(house):
    opened = house.draft.revision
    settings(house, house.ana, opened, headings="xml")

    settings(house, house.ben, opened, model="acme/large")

    document = draft_document(house.draft)
    assert document["rendering"]["headings"] == "xml"
    assert document["models"][0]["model"] == "acme/large"


def test_a_setting_that_both_changed_is_asked_about(house):
    opened = house.draft.revision
    settings(house, house.ana, opened, model="acme/large")

    with pytest.raises(Invalid, match="acme/large") as refused:
        settings(house, house.ben, opened, model="acme/small")
    assert list(refused.value.errors) == ["model"]
    settings(house, house.ben, house.draft.revision, model="acme/small")

    assert draft_document(house.draft)["models"][0]["model"] == "acme/small"


def test_the_longest_answer_stays_when_somebody_else_saves_an_older_form(house):
    settings(house, house.ana, model="acme/large")
    house.draft.refresh_from_db()
    opened = house.draft.revision
    settings(house, house.ana, opened, model="acme/large", max_tokens=200)

    settings(house, house.ben, opened, model="acme/large", temperature=0.5)

    parameters = draft_document(house.draft)["models"][0]["parameters"]
    assert parameters == {"max_tokens": 200, "temperature": 0.5}


def test_a_moved_block_makes_no_form_stale(house):
    opened = house.draft.revision
    add_block(house.draft, type="role", actor=house.ana)

    settings(house, house.ben, opened, model="acme/small")

    assert draft_document(house.draft)["models"][0]["model"] == "acme/small"


def test_two_shapes_of_the_answer_are_asked_about(house):
    opened = house.draft.revision
    change_output(house.draft, format="list", revision=opened, actor=house.ana)
    fields = [OutputField("queue", "text")]

    with pytest.raises(Invalid, match="meanwhile"):
        change_output(house.draft, format="json", fields=fields, revision=opened, actor=house.ben)

    assert draft_document(house.draft)["output"]["format"] == "list"


def variable(house, actor, revision, one, **typed):
    part = {**variable_part(one), **typed}
    return change_variable(one, **part, revision=revision, actor=actor)


def test_a_variable_that_two_people_changed_apart_has_both_changes(house):
    one = declare_variable(house.draft, name="tone", actor=house.ana)
    opened = house.draft.revision
    variable(house, house.ana, opened, one, description="How it sounds")

    variable(house, house.ben, opened, one, required=False)

    now = variable_part(house.draft.variables.get())
    assert (now["description"], now["required"]) == ("How it sounds", False)


def test_a_field_of_a_variable_that_both_changed_is_asked_about(house):
    one = declare_variable(house.draft, name="tone", actor=house.ana)
    opened = house.draft.revision
    variable(house, house.ana, opened, one, description="How it sounds")

    with pytest.raises(Invalid, match="How it sounds"):
        variable(house, house.ben, opened, one, description="Loud or quiet")

    assert house.draft.variables.get().description == "How it sounds"


def test_the_page_of_a_stale_form_keeps_what_was_typed_and_says_what_is_there(house, signed_in):
    opened = house.draft.revision
    settings(house, house.ana, opened, model="acme/large")
    browser = signed_in(house.ben)
    url = reverse("prompts:change_settings", args=["support/reply"])
    typed = {"headings": "none", "model": "acme/small", "revision": str(opened)}

    for more in ({}, HTMX):
        page = browser.post(url, typed, **more)
        html = page.content.decode()
        assert page.status_code == 422
        assert 'value="acme/small"' in html
        assert "meanwhile to “acme/large”" in html
        assert f'name="revision" value="{house.draft.revision}"' in html
    again = browser.post(url, {**typed, "revision": str(house.draft.revision)})

    assert again.status_code == 302
    assert draft_document(house.draft)["models"][0]["model"] == "acme/small"


def test_a_stale_autosave_is_told_the_revision_that_it_met(house, signed_in):
    opened = house.draft.revision
    change_output(house.draft, format="list", revision=opened, actor=house.ana)
    url = reverse("prompts:change_output", args=["support/reply"])
    typed = {"format": "json", "revision": str(opened)}

    told = signed_in(house.ben).post(url, typed, **FETCH)

    assert told.status_code == 422
    assert told.json()["revision"] == house.draft.revision


def test_a_stale_variable_form_keeps_what_was_typed(house, signed_in):
    one = declare_variable(house.draft, name="tone", actor=house.ana)
    opened = house.draft.revision
    variable(house, house.ana, opened, one, description="How it sounds")
    url = reverse("prompts:change_variable", args=["support/reply", one.pk])
    typed = {"name": "tone", "type": "text", "required": "yes", "description": "Loud"}

    for more in ({}, HTMX):
        page = signed_in(house.ben).post(url, {**typed, "revision": str(opened)}, **more)
        html = page.content.decode()
        assert page.status_code == 422
        assert 'value="Loud"' in html
        assert "How it sounds" in html


values = st.dictionaries(names, st.integers(0, 2), min_size=3, max_size=3)


@given(values, values, values)
def test_reconcile_loses_no_change_of_either(then, now, typed):
    found = reconcile(then, now, typed)

    for name, value in typed.items():
        if name in found.clashes:
            assert len({then[name], now[name], value}) == 3
        elif value != then[name]:
            assert found.values[name] == value
        else:
            assert found.values[name] == now[name]
