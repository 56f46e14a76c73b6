"""Worlds that stand before a test begins.

What a `make_…()` of the tests makes takes as long as most tests do. It is made once a run, by the
worker that wants it first, in a database of its own; each test in a transaction begins on a clone
of that one, with a copy of the objects, and each test with its own database can have a clone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from tests.database import Databases, makes_before

DATABASES = pytest.StashKey[Databases]()
LATEST = pytest.StashKey[pytest.Item]()
Thing = TypeVar("Thing")


def standing(make: Callable[[], Thing]) -> Any:
    """A fixture: what `make` makes, for tests inside a transaction."""

    def found(db: None, databases: Databases) -> Thing:
        stands = databases.stands_here(make)
        return copy.deepcopy(stands) if stands is not None else make(*_first_of(make))

    found.make = make  # type: ignore[attr-defined]  # read by `lead_to_what_stands`
    return pytest.fixture(found)


def standing_alone(make: Callable[[], Thing]) -> Any:
    """A fixture: what `make` makes, standing in the `own_database` of the test."""

    def found(own_database: str, databases: Databases) -> Thing:
        return databases.things_of(make)

    found.make_alone = make  # type: ignore[attr-defined]  # read by `stands_alone`
    return pytest.fixture(found)


def part_of_stood(number: int) -> Any:
    """A fixture: that part of what the module's own fixture `stood` found."""

    def part(stood: Any) -> Any:
        return stood[number]

    return pytest.fixture(part)


def begins_with(first: Callable[[], Any]) -> Callable[[Thing], Thing]:
    """A `make` that goes on where another one ended: it gets what that one made. A test with a
    fixture of each begins where the later one ended."""

    def mark(make: Thing) -> Thing:
        make.first = first  # type: ignore[attr-defined]  # read by `Databases`
        return make

    return mark


def stands_alone(item: Any) -> Callable[[], Any] | None:
    """What made the world in which this test has a database of its own, if any of its fixtures
    names one."""
    return _make_of(item, "make_alone")


def lead_to_what_stands(item: pytest.Item) -> None:
    """Before the transaction of the test begins: the database where its world stands, else the
    empty one. The first test of a worker finds no databases yet: see `lead_the_latest`."""
    item.config.stash[LATEST] = item
    databases = item.config.stash.get(DATABASES, None)
    names = set(item.fixturenames)  # type: ignore[attr-defined]
    if databases and (names & {"db", "django_db_setup"} or item.get_closest_marker("django_db")):
        databases.lead_to(_make_of(item, "make"))


def lead_the_latest(config: pytest.Config, databases: Databases) -> None:
    """From here on there are databases: the test that wanted them first is led to its own."""
    config.stash[DATABASES] = databases
    lead_to_what_stands(config.stash[LATEST])


def _make_of(item: pytest.Item, name: str) -> Callable[[], Any] | None:
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    makes = [getattr(found[-1].func, name, None) for found in known.values()]
    earlier = [first for make in filter(None, makes) for first in makes_before(make)]
    return next((make for make in makes if make and make not in earlier), None)


def _first_of(make: Callable[..., Any]) -> list[Any]:
    """What `make` goes on from, made here and now."""
    return [first(*_first_of(first)) for first in makes_before(make)[:1]]
