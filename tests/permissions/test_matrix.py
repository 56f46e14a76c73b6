"""The permission matrix: every route, for seven people, with and without HX-Request."""

from __future__ import annotations

import pytest
from django.urls import get_resolver

from tests.architecture.test_templates import url_names
from tests.permissions.asked import NOT_ASKED, wanted
from tests.permissions.routes import OTHERS, ROUTES
from tests.permissions.world import PEOPLE


def letter(answer, expected):
    """What came back, in the letters of the table; the status itself where it fits none."""
    if answer is None:
        return NOT_ASKED
    if answer.error:
        return f"[{answer.error}]"
    if answer.to_login:
        return "L"
    letters = {expected: "Y", 403: "N", 404: "-", 422: "F"}
    return letters.get(answer.status, f"[{answer.status}]")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_route_lets_in_whom_the_table_says(asked, route):
    def found(expected, *, htmx):
        return "".join(letter(asked.of(route, name, htmx=htmx), expected) for name in PEOPLE)

    page, piece = found(route.plain, htmx=False), found(route.htmx, htmx=True)

    assert (page, piece) == (route.who, wanted(route, htmx=True))


def test_each_answer_of_a_row_is_asked_for_as_page_and_as_piece():
    """What `make bench` asks more are further people who hear the same."""
    rows = [(route.who, wanted(route, htmx=True)) for route in ROUTES]

    assert [row for row, asks in rows if set(row) != set(asks) - {NOT_ASKED}] == []
    assert [row for row, asks in rows if row[-2:] != asks[-2:]] == []
    assert PEOPLE[-2:] == ("outsider", "anonymous")
    assert len({route.key for route in ROUTES}) == len(ROUTES)


def test_every_route_has_a_row():
    rows = {route.name for route in ROUTES}
    names = {name for name in url_names() if name in rows or not name.startswith(OTHERS)}

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
