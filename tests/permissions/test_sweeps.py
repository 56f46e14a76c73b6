"""Sweeps over every route of the table: nothing leaks, nothing is written by reading, nothing that
another site began is taken, and no field that a form does not have is set."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import pytest
from django.apps import apps
from django.core.handlers import wsgi
from django.db import connection
from django.http import QueryDict
from django.urls import reverse

from tests.permissions.asked import ALL, UNWATCHED, ask, digests, live_now, request_of, send
from tests.permissions.conftest import in_a_transaction, signed_in
from tests.permissions.routes import ROUTES, who_may
from tests.permissions.world import PEOPLE
from tests.undone import undone

READS = [route for route in ROUTES if route.method == "GET"]
WRITES = [route for route in ROUTES if route.method == "POST"]
MARK = "markerzz"
# Names of form fields that a person may fill in; every other column name must have no effect.
DOCUMENTED = {
    "name", "purpose", "reason", "body", "title", "description", "type", "text", "email", "theme",
    "time_zone", "default", "choices", "max_length", "required", "rows_as", "outcome", "format",
    "enabled", "direction", "revision", "version", "environment", "namespace", "teams", "team",
    "owner", "tags", "approvals", "own_approval", "in_order", "on_last_approval", "role", "kind",
    "approvals_survive", "approval_days", "roll_back_approved", "freezes", "locks",
    "release_when_approved", "content_hash", "namespaces", "order", "person",
    "quote", "block_key", "plain_text_boxes", "single_key_shortcuts", "password", "parent",
    "label", "segment", "model", "headings", "temperature", "note", "summary", "pattern",
    "sentence", "expected", "measure", "bound", "hours", "keep_values", "keep_days", "mask",
    "call_days", "sample_share", "share", "most_a_day",
}  # fmt: skip


# --- T10: another team's rows --------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
@pytest.mark.parametrize("name", ["outsider", "anonymous"])
def test_t10_no_route_shows_another_teams_words(asked, name, htmx):
    leaks = [
        route.key for route in ROUTES
        if route.name != "teams:accept_invitation"  # the link is the invited person's own
        and asked.of(route, name, htmx=htmx).canary
    ]  # fmt: skip
    seen = [route.key for route in READS if asked.of(route, "reviewer").canary]

    assert leaks == []
    assert len(seen) > 15  # the control: the same routes show the words to whom they belong


# --- T14: reading writes nothing; what another site began is not taken -----------------------


@pytest.mark.parametrize("name", PEOPLE)
def test_t14_reading_changes_no_row(asked, name):
    assert asked.written[name] == set()


@pytest.mark.django_db
def test_t14_reading_sweep_would_see_a_change(world):
    before = digests()

    after = in_a_transaction(lambda: purpose_becomes("something else", world) or digests())

    changed = {table for table, digest in after.items() if digest != before[table]}
    assert changed == {"teams_team", "teams_historicalteam"}


def purpose_becomes(words, world):
    """Past every action, and so without an entry: it could not be kept."""
    world.ours.team.purpose = words
    world.ours.team.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no token"),
        pytest.param({"Origin": "https://evil.example"}, id="other origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="cross site"),
    ],
)
def test_t14_no_write_without_a_token_of_our_own_page(world, headers):
    client = signed_in(world.person("author"), enforce_csrf_checks=True)
    asked = {  # some rows make what they ask about: before the digests
        route.key: (reverse(route.name, args=route.args(world)), route.data(world))
        for route in WRITES
        # Mail programs post it (RFC 8058): its address is signed, and is no page's.
        if route.name != "notifications:mute_by_letter"
    }
    before = digests()

    statuses = {
        key: client.post(address, data, headers=headers).status_code
        for key, (address, data) in asked.items()
    }

    assert {key: status for key, status in statuses.items() if status != 403} == {}
    assert digests() == before


@pytest.mark.django_db
def test_t14_cross_site_write_is_refused_even_with_a_token(world):
    client = signed_in(world.person("author"), enforce_csrf_checks=True)
    page = client.get(reverse("pages:write", args=[world.ours.prompt.path])).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    address = reverse("prompts:add_block", args=[world.ours.prompt.path])
    data = {"type": "role", "csrfmiddlewaretoken": token}

    foreign = client.post(address, data, headers={"Sec-Fetch-Site": "cross-site"})
    own = client.post(address, data, headers={"Sec-Fetch-Site": "same-origin"})

    assert (foreign.status_code, own.status_code) == (403, 302)


# --- T21: nothing but the documented fields -------------------------------------------------


def every_column():
    """Each column name of our own tables that no form documents, as an extra field of a POST."""
    names = set()
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            names |= {column.name, column.attname}
    return dict.fromkeys(names - DOCUMENTED, MARK)


def marked_tables():
    """One question for all tables: it is asked after each of hundreds of writes."""
    with connection.cursor() as cursor:
        cursor.execute(_marked_sql())
        return [table for (table,) in cursor.fetchall()]


@cache
def _marked_sql():
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t not in UNWATCHED]
    looks = (
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\" t WHERE t::text LIKE '%{MARK}%')"
        for table in sorted(tables)
    )
    return " UNION ALL ".join(looks)


@pytest.mark.django_db
def test_t21_fields_that_a_form_does_not_have_set_nothing(world, browsers):
    extra = every_column()
    found = {}

    for route in WRITES:
        with undone():
            address, data = request_of(route, world)
            for name in who_may(route):
                send(browsers[name], route, address, {**extra, **data}, htmx=False)
            if tables := marked_tables():
                found[route.key] = tables

    assert len(extra) > 60
    assert found == {}


@pytest.mark.django_db
def test_t21_sweep_would_see_a_field_that_was_set(world):
    found = in_a_transaction(lambda: purpose_becomes(MARK, world) or marked_tables())

    assert found == ["teams_historicalteam", "teams_team"]


# --- T6: what is live, whatever an author does -----------------------------------------------


@pytest.mark.parametrize("name", ["author", "reviewer", "viewer", "admin"])
def test_t6_no_route_changes_what_is_live_but_a_release(asked, name):
    changed = [route.key for route in ROUTES if asked.of(route, name).moved]
    by_releases = [route.name for route in WRITES if asked.of(route, "releaser").moved]

    assert changed == []
    assert "releases:release_version" in by_releases  # the control


@pytest.mark.django_db
def test_t6_sweep_sees_a_release(world, browsers):
    before = live_now()
    release = next(route for route in WRITES if route.name == "releases:release_version")

    ask(browsers["releaser"], release, world, htmx=False)

    assert live_now() != before


# --- odd words in an address ------------------------------------------------------------------

PARAMETERS = (
    "page", "before", "sample", "in", "q", "status", "owner", "tag", "tab", "column", "old", "new",
    "version", "environment", "namespace", "who", "object", "group", "since", "until", "team",
    "person", "right", "on", "view", "pane", "kind", "changed", "date",
)  # fmt: skip
PARAMETERS_KNOWN = set(PARAMETERS)


class Noted(QueryDict):
    """The fields of an address; it knows which of them were looked at."""

    looked: ClassVar[set[str]] = set()

    def __getitem__(self, key):
        self.looked.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.looked.add(key)
        return super().__contains__(key)

    def getlist(self, key, default=None):
        self.looked.add(key)
        return super().getlist(key, default)

    def lists(self):
        self.looked.add(PARAMETERS[0])
        return super().lists()

    def items(self):
        self.looked.add(PARAMETERS[0])
        return super().items()


@pytest.fixture(scope="module")
def looking(world, browsers):
    """The routes that look at any field of an address: to the others all addresses are one."""

    def find():
        return [route for route in READS if PARAMETERS_KNOWN & looks_of(route)]

    def looks_of(route):
        Noted.looked.clear()
        body_of(browsers["admin"], route, world, "²")
        return set(Noted.looked)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wsgi, "QueryDict", Noted)
        return in_a_transaction(find)


def body_of(client, route, world, odd):
    """The client raises what a page raises; what is left are answers below 500."""
    address = reverse(route.name, args=route.args(world))
    answer = client.get(address, dict.fromkeys(PARAMETERS, odd))
    if answer.streaming:
        b"".join(answer.streaming_content)
    assert answer.status_code < 500, (route.key, answer.status_code)
    return answer.status_code


@pytest.mark.django_db  # among those that share `looking`: pytest-django sorts by this
def test_routes_that_look_at_an_address_are_known(looking):
    names = {route.name for route in looking}

    assert {"pages:registry", "pages:audit", "pages:write", "pages:search"} <= names
    assert len(names) < len(READS)  # all of them were asked with one odd word


ODD = {
    "arabic": "٣", "long": "9" * 5000, "negative": "-1", "nul": "a\x00b", "words": "x" * 3000,
    "emoji": "🙂", "date": "2026-13-45",
}  # fmt: skip
TURNS = len(ODD) if ALL else 3  # words that each route hears


@pytest.mark.django_db
@pytest.mark.parametrize("name", ODD)
def test_no_address_breaks_a_page(world, browsers, looking, name):
    turn = list(ODD).index(name)
    hearing = [r for at, r in enumerate(looking) if (at + turn) % len(ODD) < TURNS]

    statuses = {body_of(browsers["admin"], route, world, ODD[name]) for route in hearing}

    assert (200 in statuses) == (name != "nul")
