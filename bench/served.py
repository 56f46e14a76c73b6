"""A served installation of its own for a figure: a fresh database and signed-in clients."""

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.database import Databases
from tests.live import Live, served


@dataclass
class Place:
    live: Live

    def client(self, person: object) -> httpx.Client:
        """A browser of this person: the session is made in the database, as a sign-in would."""
        from django.conf import settings
        from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
        from django.contrib.sessions.backends.db import SessionStore

        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)  # type: ignore[attr-defined]  # a User
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()  # type: ignore[attr-defined]
        session.create()
        cookies = {settings.SESSION_COOKIE_NAME: str(session.session_key)}
        return httpx.Client(base_url=self.live.url, cookies=cookies, timeout=60)


@contextmanager
def own_database() -> Iterator[str]:
    """A migrated database of its own; every connection of this process leads to it."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from django.conf import settings

    databases = Databases(settings.DATA, uuid.uuid4().hex[:10], "bench")
    databases.make_template()
    name = databases.clone()
    os.environ["GALLEY_DATABASE_NAME"] = name
    try:
        with databases.pointed_at(name):
            yield name
    finally:
        databases.leave()


@contextmanager
def place() -> Iterator[Place]:
    with (
        own_database() as name,
        tempfile.TemporaryDirectory() as folder,
        served(name, Path(folder)) as live,
    ):
        yield Place(live)
