"""Worlds that stand before a test begins.

What a `make_…()` of the tests makes takes as long as most tests do. A worker makes it once, in a
database of its own; each test in a transaction begins on a clone of that one, with a copy of the
objects, and each test with its own database can have a clone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

from tests.database import Databases

DATABASES = pytest.StashKey[Databases]()
Thing = TypeVar("Thing")


def standing(make: Callable[[], Thing]) -> Any:
    """A fixture: what `make` makes, for tests inside a transaction."""

    def found(db: None, databases: Databases) -> Thing:
        stands = databases.stands_here(make)
        return copy.deepcopy(stands) if stands is not None else make()

    found.make = make  # type: ignore[attr-defined]  # read by `lead_to_what_stands`
    return pytest.fixture(found)


def standing_alone(make: Callable[[], Thing]) -> Any:
    """A fixture: what `make` makes, in a database of this test alone, as `own_database` is."""

    def found(
        databases: Databases,
        django_db_setup: None,
        django_db_blocker: Any,
        monkeypatch: pytest.MonkeyPatch,
    ) -> Iterator[Thing]:
        with django_db_blocker.unblock():
            name, things = databases.clone_of(make)
            monkeypatch.setenv("GALLEY_DATABASE_NAME", name)
            with databases.pointed_at(name):
                yield things
        databases.drop(name)

    return pytest.fixture(found)


def lead_to_what_stands(item: pytest.Item) -> None:
    """Before the transaction of the test begins: the database where its world stands, else the
    empty one. The first test of a worker finds no database yet and makes its world itself."""
    databases = item.config.stash.get(DATABASES, None)
    names = set(item.fixturenames)  # type: ignore[attr-defined]
    if databases is None or not (names & {"db"} or item.get_closest_marker("django_db")):
        return
    databases.lead_to(_make_of(item))


def _make_of(item: pytest.Item) -> Callable[[], Any] | None:
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    makes = [getattr(found[-1].func, "make", None) for found in known.values()]
    return next(filter(None, makes), None)
