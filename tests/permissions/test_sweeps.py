"""Sweeps over every route of the table: nothing leaks, nothing is written by reading, nothing that
another site began is taken, and no field that a form does not have is set."""

from __future__ import annotations

import hashlib
from functools import cache

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from apps.environments.models import Deployment
from tests.permissions.conftest import signed_in
from tests.permissions.routes import ROUTES
from tests.permissions.test_matrix import ask

READS = [route for route in ROUTES if route.method == "GET"]
WRITES = [route for route in ROUTES if route.method == "POST"]
# Read marks, sessions and the count of failed sign-ins are no content (assurance.md, T14).
UNWATCHED = {
    # When somebody looked: what reading leaves behind, and nothing else.
    "prompts_visit",
    "reviews_look",
    "django_session",
    "usersessions_usersession",
    "axes_accessattempt",
    "axes_accesslog",
}
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
    "sentence", "expected",
}  # fmt: skip


def identity(route):
    return route.key


def answer_bytes(response):
    if response.streaming:
        return b"".join(response.streaming_content)
    return response.content + str(response.headers).encode()


def run(client, route, world, *, htmx=False, extra=None):
    """Ask inside a savepoint that is rolled back; return the answer's status and bytes."""
    point = transaction.savepoint()
    try:
        response = ask(client, route, world, htmx=htmx, extra=extra)
        return response.status_code, answer_bytes(response)
    finally:
        transaction.savepoint_rollback(point)


# --- T10: another team's rows --------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
@pytest.mark.parametrize("name", ["outsider", "anonymous"])
def test_t10_no_route_shows_another_teams_words(world, browsers, name, htmx):
    canary = world.ours.canary.encode()

    leaks = [
        route.key for route in ROUTES
        if route.name != "teams:accept_invitation"  # the link is the invited person's own
        and canary in run(browsers[name], route, world, htmx=htmx)[1]
    ]  # fmt: skip
    seen = [r.key for r in READS if canary in run(browsers["reviewer"], r, world, htmx=htmx)[1]]

    assert leaks == []
    assert len(seen) > 15  # the control: the same routes show the words to whom they belong


# --- T14: reading writes nothing; what another site began is not taken -----------------------


def digests():
    """Table → digest of all its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in UNWATCHED:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                rows = "\n".join(row[0] for row in cursor.fetchall())
                found[table] = hashlib.sha256(rows.encode()).hexdigest()
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["admin", "author", "releaser"])
def test_t14_reading_changes_no_row(world, browsers, name):
    for route in READS:
        route.args(world), route.data(world)  # some rows make what they ask about
    before = digests()

    for route in READS:
        ask(browsers[name], route, world, htmx=False)

    assert digests() == before


@pytest.mark.django_db
def test_t14_reading_sweep_would_see_a_change(world):
    before = digests()

    world.ours.team.purpose = "something else"
    world.ours.team.save()

    changed = {table for table, digest in digests().items() if digest != before[table]}
    assert changed == {"teams_team", "teams_historicalteam"}


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
        person = {"Y": "admin"}.get(route.who[0], "author")
        for name in (person, "reviewer", "releaser"):
            point = transaction.savepoint()
            ask(browsers[name], route, world, htmx=False, extra=extra)
            if tables := marked_tables():
                found[route.key] = tables
            transaction.savepoint_rollback(point)

    assert len(extra) > 60
    assert found == {}


@pytest.mark.django_db
def test_t21_sweep_would_see_a_field_that_was_set(world):
    world.ours.team.purpose = MARK
    world.ours.team.save()

    assert marked_tables() == ["teams_historicalteam", "teams_team"]


# --- T6: what is live, whatever an author does -----------------------------------------------


def live_now():
    rows = Deployment.objects.order_by("pk")
    return [
        (row.pk, row.release_id, row.revision, row.release.version.content_hash) for row in rows
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["author", "reviewer", "viewer", "admin"])
def test_t6_no_route_changes_what_is_live_but_a_release(world, browsers, name):
    before = live_now()
    changed = []

    for route in WRITES:
        point = transaction.savepoint()
        ask(browsers[name], route, world, htmx=False)
        if live_now() != before:
            changed.append(route.key)
        transaction.savepoint_rollback(point)

    assert changed == []


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd", ["²", "٣", "9" * 5000, "-1", "a\x00b", "x" * 3000, "🙂", "2026-13-45"],
    ids=["superscript", "arabic", "long", "negative", "nul", "words", "emoji", "date"],
)  # fmt: skip
def test_no_address_breaks_a_page(world, browsers, odd):
    """The client raises what a page raises; what is left are answers below 500."""
    statuses = {}

    for route in READS:
        address = reverse(route.name, args=route.args(world))
        answer = browsers["admin"].get(address, dict.fromkeys(PARAMETERS, odd))
        if answer.streaming:
            b"".join(answer.streaming_content)
        statuses[route.key] = answer.status_code

    assert {key: status for key, status in statuses.items() if status >= 500} == {}
    assert (200 in statuses.values()) == (odd != "a\x00b")
