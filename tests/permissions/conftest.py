"""The two-team world, made once for a module, and each person's browser."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from tests.permissions.world import PEOPLE, make_world

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Each test runs in a transaction of its own inside this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world):
    """A signed-in client for each person, made once."""
    return {name: signed_in(world.person(name)) for name in PEOPLE}


def signed_in(person, **options):
    client = Client(**options)
    if person is not None:
        client.force_login(person, backend=BACKEND)
    return client
