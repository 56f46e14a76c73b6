from collections.abc import Iterator

import pytest

from tests.notifications.mail import MailServer
from tests.releases.world import make_world
from tests.standing import standing

world = standing(make_world)


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    """A mail server that listens, and settings that lead to it."""
    found = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.ADDRESS = "https://galley.example.org"
    found.start()
    yield found
    found.stop()
