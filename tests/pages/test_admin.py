"""Administration pages: the matrix, its forms, accounts, teams, namespaces, keys, access."""

from __future__ import annotations

import re

import pytest
from django.apps import apps as installed
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.environments.models import ApiKey, Environment
from apps.teams.actions import accept_invitation, add_member, grant, invite_person, revoke
from apps.teams.models import Invitation, Membership, Namespace, Team
from apps.teams.rights import given_here
from tests.teams.people import PASSWORD, Office, open_office

pytestmark = pytest.mark.django_db
PAGES = ("", "people/", "teams/", "namespaces/", "rules/", "keys/", "access/")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(db) -> Office:
    office = open_office()
    grant(office.support, to=office.leads, role="releaser", actor=office.admin)
    grant(office.support, to=office.priya, role="author", actor=office.admin)
    return office


def row(page, name):
    """States of the cells of one row of the matrix, by the words a screen reader says."""
    html = page.content.decode()
    found = re.search(rf'<th scope="row">(?:(?!</tr>).)*?{name}(.*?)</tr>', html, re.S).group(1)
    cells = re.findall(r"<td>(.*?)</td>", found, re.S)
    return ["own" if "checked" in cell else "inh" if '"inh"' in cell else "no" for cell in cells]


@pytest.mark.parametrize("page", PAGES)
def test_admin_pages_are_for_those_who_manage_something(office, client, page):
    assert client.get(f"/admin/{page}").status_code == 302
    client.force_login(office.priya)
    refused = client.get(f"/admin/{page}")
    client.force_login(office.admin)
    shown = client.get(f"/admin/{page}")

    assert (refused.status_code, shown.status_code) == (403, 200)
    assert b"Bo Lindqvist" in refused.content


def test_matrix_tells_given_here_from_a_team_and_from_above(office, client):
    client.force_login(office.admin)
    here = client.get("/admin/?in=support")
    below = client.get("/admin/?in=support/refunds")

    assert row(here, "Priya") == ["own", "own", "own", "no", "own", "no", "no"]
    assert row(here, "Ana") == ["inh", "inh", "no", "no", "inh", "inh", "no"]
    assert row(here, "Support leads") == ["own", "own", "no", "no", "own", "own", "no"]
    assert row(below, "Priya") == ["inh", "inh", "inh", "no", "inh", "no", "no"]
    assert row(below, "Bo Lindqvist") == ["inh", "inh", "no", "no", "no", "no", "inh"]


def test_matrix_row_is_saved_by_a_plain_post(office, client):
    client.force_login(office.admin)
    address = f"/admin/namespaces/{office.support.pk}/rights/user/{office.priya.pk}/"

    answer = client.post(address, {"capability": ["view", "review"], "next": "/admin/?in=support"})

    assert (answer.status_code, answer.url) == (302, "/admin/?in=support")
    assert given_here(office.priya, office.support) == {"view", "review"}


def test_matrix_change_is_answered_with_the_matrix_and_can_be_undone(office, client):
    client.force_login(office.admin)
    address = f"/admin/namespaces/{office.support.pk}/rights/user/{office.priya.pk}/"

    answer = client.post(address, {"capability": ["view"]}, headers=HTMX)
    undo = re.search(r'action="([^"]+restore=[^"]*)"', answer.content.decode()).group(1)
    assert (b"<html" in answer.content, given_here(office.priya, office.support)) == (
        False, {"view"},
    )  # fmt: skip
    client.post(undo.replace("&amp;", "&"), headers=HTMX)

    assert given_here(office.priya, office.support) == {"view", "comment", "edit", "release"}


def test_matrix_keeps_break_glass_which_has_no_column(office, client):
    grant(office.support, to=office.priya, capabilities=["break_glass"], actor=office.admin)
    client.force_login(office.admin)
    address = f"/admin/namespaces/{office.support.pk}/rights/user/{office.priya.pk}/"

    client.post(address, {"capability": ["view"]})

    assert given_here(office.priya, office.support) == {"view", "break_glass"}
    page = client.get("/admin/?in=support").content.decode()
    take = re.search(r'action="([^"]+restore=[^"]*)"', page).group(1)
    client.post(take)
    assert given_here(office.priya, office.support) == {"view"}
    assert "Take it away" not in client.get("/admin/?in=support").content.decode()


def before_of(page, person):
    """What the page says was given when it was drawn: the hidden field of one row."""
    form = rf'id="rights-user-{person.pk}".*?name="before" value="([^"]*)"'
    return re.search(form, page.content.decode(), re.S).group(1)


def test_a_tick_on_an_older_matrix_gives_nothing_back(office, client):
    client.force_login(office.admin)
    address = f"/admin/namespaces/{office.support.pk}/rights/user/{office.priya.pk}/"
    before = before_of(client.get("/admin/?in=support"), office.priya)
    revoke(office.support, to=office.priya, capabilities=["release"], actor=office.admin)
    typed = {"capability": ["view", "comment", "edit", "release", "review"], "before": before}

    plain, htmx = client.post(address, typed), client.post(address, typed, headers=HTMX)

    words = b"The rights of Priya changed meanwhile. Look again."
    assert [(a.status_code, words in a.content) for a in (plain, htmx)] == [(409, True)] * 2
    assert given_here(office.priya, office.support) == {"view", "comment", "edit"}
    assert (b"<html" in htmx.content, b"data-refusal" in htmx.content) == (False, False)
    assert set(before_of(htmx, office.priya).split(",")) == {"view", "comment", "edit"}
    again = client.post(address, typed | {"before": before_of(htmx, office.priya)}, headers=HTMX)
    assert again.status_code == 200


def test_undo_gives_nothing_back_that_was_taken_after_the_change(office, client):
    client.force_login(office.admin)
    address = f"/admin/namespaces/{office.support.pk}/rights/user/{office.priya.pk}/"
    before = before_of(client.get("/admin/?in=support"), office.priya)
    answer = client.post(address, {"capability": ["view", "edit"], "before": before}, headers=HTMX)
    undo = re.search(r'action="([^"]+restore=[^"]*)"', answer.content.decode()).group(1)
    revoke(office.support, to=office.priya, capabilities=["edit"], actor=office.admin)

    refused = client.post(undo.replace("&amp;", "&"), headers=HTMX)

    assert refused.status_code == 409
    assert given_here(office.priya, office.support) == {"view"}


def test_taking_break_glass_on_an_older_page_gives_nothing_back(office, client):
    grant(office.support, to=office.priya, capabilities=["break_glass"], actor=office.admin)
    client.force_login(office.admin)
    page = client.get("/admin/?in=support").content.decode()
    take = re.search(r'action="([^"]+restore=[^"]*)".*?name="before" value="([^"]*)"', page, re.S)
    revoke(office.support, to=office.priya, capabilities=["release"], actor=office.admin)

    refused = client.post(take.group(1), {"before": take.group(2)})

    assert refused.status_code == 409
    assert "release" not in given_here(office.priya, office.support)


def test_matrix_of_a_namespace_that_one_does_not_manage_is_not_there(office, client):
    grant(office.refunds, to=office.ana, role="admin", actor=office.admin)
    client.force_login(office.ana)

    assert client.get("/admin/?in=support/refunds").status_code == 200
    assert client.get("/admin/?in=support").status_code == 404
    assert client.get("/admin/?in=nowhere").status_code == 404
    address = "/admin/namespaces/{}/rights/user/{}/"
    above = client.post(address.format(office.support.pk, office.priya.pk), {"capability": []})
    root = client.post(address.format(office.root.pk, office.priya.pk), {"capability": []})
    own = client.post(address.format(office.refunds.pk, office.priya.pk), {"capability": ["view"]})

    assert (above.status_code, root.status_code, own.status_code) == (403, 404, 302)
    assert len(given_here(office.priya, office.support)) == 4


def test_the_last_admin_keeps_the_tick_with_a_sentence(office, client):
    client.force_login(office.admin)
    address = f"/admin/namespaces/{office.root.pk}/rights/user/{office.admin.pk}/"

    refused = client.post(address, {"capability": ["view", "comment"]})

    assert refused.status_code == 409
    assert b"This is the last admin of everything." in refused.content
    assert office.admin.holds("manage", office.root)


def test_lists_take_the_same_number_of_queries_for_few_and_many(office, client):
    client.force_login(office.admin)

    def counted():
        numbers = []
        for page in PAGES:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(f"/admin/{page}").status_code == 200
            numbers.append(len(seen))
        return numbers

    grant(office.root, to=office.ana, role="viewer", actor=office.admin)
    counted()
    few = counted()
    for name in ("Mei Chen", "Sara Okafor"):
        person = office.person(name)
        add_member(office.leads, person=person, actor=office.admin)
        grant(office.root, to=person, role="viewer", actor=office.admin)
        invite_person(email=f"{person.pk}@x.example", name="X", actor=office.admin)

    assert counted() == few


@pytest.mark.parametrize(
    ("on", "right", "words"),
    [
        ("support", "edit", "<b>Yes.</b> Priya may edit here: Priya has Edit on support."),
        ("support/refunds/", "edit", "<b>Yes.</b> Priya may edit here: Priya has Edit on support."),
        ("", "edit", "<b>No.</b> Priya may not edit here: nobody gave Priya the right Edit on"),
    ],
)
def test_check_access_says_why(office, client, on, right, words):
    client.force_login(office.admin)
    query = {"person": office.priya.pk, "right": right, "on": on}

    page = client.get("/admin/access/", query).content.decode()
    piece = client.get("/admin/access/", query, headers=HTMX).content.decode()

    assert words in page
    assert (words in piece, "<html" in piece) == (True, False)


def test_check_access_of_a_path_that_is_not_there(office, client):
    client.force_login(office.admin)

    page = client.get("/admin/access/", {"person": office.priya.pk, "right": "edit", "on": "x/y"})

    assert page.status_code == 422
    assert b"There is nothing at this path that you can see." in page.content


def test_key_is_shown_once_and_can_be_revoked(office, client):
    client.force_login(office.admin)
    typed = {
        "name": "Desk", "kind": "read", "expires_in_days": "90",
        "environment": Environment.objects.get(name="production").pk,
        "namespaces": [office.support.pk],
    }  # fmt: skip
    bad = client.post("/admin/keys/new/", typed | {"namespaces": []})
    assert (bad.status_code, b'value="Desk"' in bad.content) == (422, True)

    made = client.post("/admin/keys/new/", typed)
    key = ApiKey.objects.get()
    secret = re.search(r'id="key" readonly value="([^"]+)"', made.content.decode()).group(1)
    listed = client.get("/admin/keys/").content.decode()
    assert (secret in listed, key.selector in secret, "Desk" in listed) == (False, True, True)

    assert client.post(f"/admin/keys/{key.pk}/revoke/", {"reason": " "}).status_code == 422
    client.post(f"/admin/keys/{key.pk}/revoke/", {"reason": "Lost"})

    key.refresh_from_db()
    assert key.revoked_at is not None
    assert b"Revoked" in client.get("/admin/keys/").content


def test_accounts_show_who_is_off_and_who_is_invited(office, client):
    client.force_login(office.admin)
    client.post(f"/admin/people/{office.ana.pk}/switch-off/", {"reason": "Left"})
    client.post("/admin/people/invite/", {"email": "jo@x.example", "name": "Jo"})
    page = client.get("/admin/people/").content.decode()
    assert ("Switched off" in page, "jo@x.example" in page) == (True, True)

    client.post(f"/admin/people/{office.ana.pk}/switch-on/")
    client.post(f"/admin/invitations/{Invitation.objects.get().pk}/withdraw/")

    page = client.get("/admin/people/").content.decode()
    assert ("Switched off" in page, "jo@x.example" in page) == (False, False)


def writes(office):
    """Every form of administration with valid input: (address, fields it documents)."""
    space = f"/admin/namespaces/{office.support.pk}"
    return {
        "/admin/teams/new/": {"name": "Fraud", "purpose": "Alerts"},
        f"/admin/teams/{office.leads.pk}/change/": {"name": "Leads", "purpose": "Lead"},
        f"/admin/teams/{office.leads.pk}/add/": {"person": office.priya.pk},
        "/admin/namespaces/new/": {"parent": office.support.pk, "segment": "cards"},
        f"{space}/change/": {"purpose": "Desk"},
        f"{space}/rights/": {"to": f"user:{office.ana.pk}", "role": "viewer"},
        f"{space}/rights/user/{office.ana.pk}/": {"capability": ["comment"]},
        "/admin/people/invite/": {
            "email": "jo@x.example", "name": "Jo", "team": "", "role": "", "namespace": "",
        },
        f"/admin/people/{office.priya.pk}/switch-off/": {"reason": "Left"},
        "/account/": {"name": "Bo L.", "theme": "ink", "time_zone": "UTC"},
    }  # fmt: skip


DOCUMENTED = {
    Team: {"name", "purpose"},
    Namespace: {"purpose"},
    User: {
        "name", "theme", "plain_text_boxes", "single_key_shortcuts", "is_active", "session_epoch",
    },
}  # fmt: skip


def rows(model):
    return {row["id"]: row for row in model.objects.values()}


def test_t21_no_form_takes_a_field_that_it_does_not_document(office, client):
    """Every column of these models, with a marker, beside each form's own fields."""
    models = (User, Team, Namespace, Invitation, Membership)
    fields = [field.name for model in models for field in model._meta.fields]
    markers = dict.fromkeys(fields, "1") | {"is_superuser": "on", "lineage": "1", "role": ""}
    client.force_login(office.admin)

    for address, typed in writes(office).items():
        before = {model: rows(model) for model in models}
        answer = client.post(address, markers | typed)
        assert answer.status_code in (200, 302), (address, answer.content)
        for model in models:
            after = rows(model)
            for pk in before[model].keys() & after.keys():
                old, new = before[model][pk], after[pk]
                changed = {name for name in old if old[name] != new[name]}
                assert changed <= DOCUMENTED.get(model, set()), (address, model, changed)
            new_rows = [after[pk] for pk in after.keys() - before[model].keys()]
            assert [r for r in new_rows if r.get("is_superuser") or r.get("lineage") == [1]] == []
    assert not User.objects.filter(is_superuser=True).exists()


def test_t21_accepting_an_invitation_takes_name_and_password_only(office, client):
    _, token = invite_person(email="jo@x.example", name="Jo", actor=office.admin)
    client.post(
        f"/account/invitation/{token}/",
        {
            "name": "Jo", "password": PASSWORD, "email": "eve@x.example", "is_superuser": "on",
            "role": "admin", "namespace": office.root.pk, "team": office.leads.pk, "groups": "1",
        },
    )  # fmt: skip

    jo = User.objects.get(name="Jo")

    assert (jo.email, jo.is_superuser, jo.groups.count()) == ("jo@x.example", False, 0)
    assert not jo.holds("view", office.root)


def test_t21_covers_every_column_that_rights_hang_on():
    guarded = {field.name for field in installed.get_model("accounts", "User")._meta.fields}

    assert {"is_superuser", "is_active", "email", "password", "session_epoch"} <= guarded


def test_invited_admin_has_no_more_than_the_role(office):
    _, token = invite_person(
        email="jo@x.example", name="Jo", namespace=office.support, role="admin",
        actor=office.admin,
    )  # fmt: skip
    jo = accept_invitation(token, name="Jo", password=PASSWORD, actor=SYSTEM)

    held = [c for c in ("view", "comment", "edit", "review", "release", "publish", "manage")
            if jo.holds(c, office.refunds)]  # fmt: skip

    assert held == ["view", "comment", "manage"]


def test_help_says_the_words_and_roles(office, client):
    client.force_login(office.priya)

    page = client.get("/help/").content.decode()

    assert "Reads everything here." in page
