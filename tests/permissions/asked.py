"""Every route asked once as each person, and what is to be known of each answer.

The matrix and the sweeps judge the same answers: asking is what costs, not looking.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from apps.environments.models import Deployment
from tests.permissions.routes import ROUTES, Route
from tests.permissions.world import PEOPLE, World
from tests.undone import undone

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
ALL = bool(os.environ.get("GALLEY_ALL_CELLS"))  # `make bench` asks for each cell of the table
NOT_ASKED = "."


@dataclass(frozen=True)
class Answer:
    status: int
    to_login: bool = False
    canary: bool = False  # the words of the first team's rows
    moved: bool = False  # what is live is another thing afterwards
    error: str = ""


@dataclass
class Asked:
    live: list[tuple[Any, ...]]  # before the first was asked, and again after each
    answers: dict[tuple[str, bool, str], Answer] = field(default_factory=dict)
    written: dict[str, set[str]] = field(default_factory=dict)  # who reads → tables that changed

    def of(self, route: Route, name: str, *, htmx: bool = False) -> Answer | None:
        return self.answers.get((route.key, htmx, name))


def wanted(route: Route, htmx: bool) -> str:
    """The row of the table. The page is asked for by all; a piece of a page by the first whom each
    letter is said of, and by those who are not of the team."""
    if ALL or not htmx:
        return route.who
    return "".join(
        letter if at >= PEOPLE.index("outsider") or at == route.who.index(letter) else NOT_ASKED
        for at, letter in enumerate(route.who)
    )


def request_of(route: Route, world: World) -> tuple[str, Any]:
    """Address and fields; some rows make what they ask about."""
    return reverse(route.name, args=route.args(world)), route.data(world)


def ask(
    client: Client, route: Route, world: World, *, htmx: bool, extra: dict[str, str] | None = None
) -> Any:
    """One request for a row of the table; `extra` fields are sent beside the row's own."""
    address, data = request_of(route, world)
    return send(client, route, address, {**(extra or {}), **data}, htmx=htmx)


def send(client: Client, route: Route, address: str, data: Any, *, htmx: bool) -> Any:
    method = client.get if route.method == "GET" else client.post
    own = {"HX-Request": "true"} if htmx else {}
    return method(address, data, headers={**own, **route.headers})


def answer_bytes(response: Any) -> bytes:
    if response.streaming:
        return b"".join(response.streaming_content)
    return bytes(response.content) + str(response.headers).encode()


def ask_all(world: World, browsers: dict[str, Client]) -> Asked:
    found = Asked(live=live_now())
    _read_all(found, world, browsers)
    for route in ROUTES:
        for htmx in (False, True):
            if htmx or route.method == "POST":
                _ask_each(found, world, browsers, route, htmx)
    return found


def _read_all(found: Asked, world: World, browsers: dict[str, Client]) -> None:
    """Every page, one after the other, by each person; the tables in which that changed a row."""
    reads = [route for route in ROUTES if route.method == "GET"]
    with undone():
        prepared = {route.key: request_of(route, world) for route in reads}
        before = digests()
        for name in PEOPLE:
            with undone():
                for route in reads:
                    found.answers[route.key, False, name] = _answer(
                        found,
                        world,
                        lambda r=route, n=name: send(browsers[n], r, *prepared[r.key], htmx=False),
                    )
                after = digests()
                found.written[name] = {table for table in after if after[table] != before[table]}


def _ask_each(
    found: Asked, world: World, browsers: dict[str, Client], route: Route, htmx: bool
) -> None:
    """Each person finds what the one before found."""
    for name, letter in zip(PEOPLE, wanted(route, htmx), strict=True):
        if letter != NOT_ASKED:
            with undone():
                found.answers[route.key, htmx, name] = _answer(
                    found, world, lambda n=name: ask(browsers[n], route, world, htmx=htmx)
                )


def _answer(found: Asked, world: World, request: Callable[[], Any]) -> Answer:
    try:
        response = request()
        said = answer_bytes(response)
    except Exception as error:  # the client raises what a page would answer with 500
        return Answer(500, error=f"{type(error).__name__}: {error}"[:300])
    signed_out = response.status_code == 401 and b"signed out" in said
    led = response.status_code == 302 and "/account/login" in response.headers["Location"]
    return Answer(
        response.status_code,
        to_login=signed_out or led,
        canary=world.ours.canary.encode() in said,
        moved=live_now() != found.live,
    )


def digests() -> dict[str, str]:
    """Table → digest of all its rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in UNWATCHED:
                cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
                rows = "\n".join(row[0] for row in cursor.fetchall())
                found[table] = hashlib.sha256(rows.encode()).hexdigest()
    return found


def live_now() -> list[tuple[Any, ...]]:
    """Asked after each of thousands of requests."""
    with connection.cursor() as cursor:
        cursor.execute(*_live_sql())
        return cursor.fetchall()


@cache
def _live_sql() -> tuple[str, tuple[Any, ...]]:
    rows = Deployment.objects.order_by("pk")
    rows = rows.values_list("pk", "release", "revision", "release__version__content_hash")
    return rows.query.sql_with_params()
