from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.releases.world import make_world
from tests.standing import standing

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


world = standing(make_world)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of this person."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in
