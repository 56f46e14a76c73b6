"""The permission matrix: every route, for seven people, with and without HX-Request."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from tests.architecture.test_templates import url_names
from tests.permissions.routes import OTHERS, ROUTES
from tests.permissions.world import PEOPLE


def ask(client, route, world, *, htmx, extra=None):
    """One request for a row of the table; `extra` fields are sent beside the row's own."""
    address = reverse(route.name, args=route.args(world))
    headers = {"HX-Request": "true"} if htmx else {}
    method = client.get if route.method == "GET" else client.post
    data = {**(extra or {}), **route.data(world)}
    return method(address, data, headers={**headers, **route.headers})


def letter(response, expected):
    """What came back, in the letters of the table; the status itself where it fits none."""
    if response.status_code == 401 and b"signed out" in response.content:
        return "L"
    if response.status_code == 302 and "/account/login" in response.headers["Location"]:
        return "L"
    letters = {expected: "Y", 403: "N", 404: "-", 422: "F"}
    return letters.get(response.status_code, f"[{response.status_code}]")


@pytest.mark.django_db
@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_route_lets_in_whom_the_table_says(world, browsers, route, htmx):
    expected = route.htmx if htmx else route.plain
    found = []

    for name in PEOPLE:
        point = transaction.savepoint()
        response = ask(browsers[name], route, world, htmx=htmx)
        transaction.savepoint_rollback(point)
        found.append(letter(response, expected))

    assert "".join(found) == route.who


def test_every_route_has_a_row():
    rows = {route.name for route in ROUTES}
    names = {name for name in url_names() if not name.startswith(OTHERS)}

    assert names - rows == set()
    assert rows - names == set()


def test_every_route_has_a_name():
    """A route without a name could not be given a row."""

    def nameless(resolver, prefix=""):
        for pattern in resolver.url_patterns:
            here = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from nameless(pattern, here)
            elif not pattern.name:
                yield here

    assert list(nameless(get_resolver())) == []
