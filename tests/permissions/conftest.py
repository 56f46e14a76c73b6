"""The two-team world, made once for a module, and each person's browser."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from tests.permissions.asked import Asked, ask_all
from tests.permissions.world import PEOPLE, make_world
from tests.undone import undone

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def world(databases, django_db_setup, django_db_blocker):
    yield from standing_for_all(make_world, databases, django_db_blocker)


def standing_for_all(make, databases, django_db_blocker):
    """What `make` made, for the tests of a module: each runs in a transaction of its own inside
    this one."""
    with django_db_blocker.unblock():
        name, made = databases.clone_of(make)
        with databases.pointed_at(name), transaction.atomic():
            yield made
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world):
    """A signed-in client for each person, made once."""
    return {name: signed_in(world.person(name)) for name in PEOPLE}


@pytest.fixture(scope="module")
def asked(world, browsers, memory) -> Asked:
    """Every route, asked by everybody: once in a worker."""
    if not memory:
        memory.append(in_a_transaction(lambda: ask_all(world, browsers)))
    return memory[0]


@pytest.fixture(scope="session")
def memory() -> list[Asked]:
    return []


def in_a_transaction(act):
    with undone():
        return act()


def signed_in(person, **options):
    client = Client(**options)
    if person is not None:
        client.force_login(person, backend=BACKEND)
    return client
