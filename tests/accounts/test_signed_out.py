"""A form sent after the session ended: nothing is changed, nothing typed is lost."""

from __future__ import annotations

import pytest
from django.test import Client

FORM = {"name": "Team of words", "purpose": "Long <b>words</b>", "csrfmiddlewaretoken": "x"}


@pytest.mark.django_db
def test_form_after_the_session_ended_shows_what_was_typed():
    answer = Client().post("/admin/teams/new/", FORM)

    page = answer.content.decode()
    assert answer.status_code == 401
    assert "Team of words" in page
    assert "Long &lt;b&gt;words&lt;/b&gt;" in page
    assert "csrfmiddlewaretoken</label>" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [{"HX-Request": "true"}, {"Accept": "application/json"}], ids=["htmx", "fetch"]
)
def test_scripts_are_sent_to_the_sign_in_page(headers):
    answer = Client().post("/admin/teams/new/", FORM, headers=headers)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_reading_signed_out_leads_to_the_sign_in_page():
    answer = Client().get("/admin/teams/new/")

    assert answer.headers["Location"] == "/account/login/?next=/admin/teams/new/"
