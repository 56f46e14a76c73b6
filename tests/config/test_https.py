"""Plain http is sent to the public https address, except on this machine itself."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.https import to_https

PUBLIC = "https://galley.example.org"


def ask(settings, host: str, public: str = PUBLIC, **more: str) -> HttpResponse:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public, ["*"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = RequestFactory().get("/prompts/?q=a b", headers={"host": host, **more})
    return to_https(lambda _: HttpResponse("page"))(request)


def test_plain_http_is_sent_to_the_public_address(settings):
    answer = ask(settings, "galley.example.org")

    assert (answer.status_code, answer["Location"]) == (301, f"{PUBLIC}/prompts/?q=a%20b")


def test_https_through_the_proxy_is_served(settings):
    answer = ask(settings, "galley.example.org", **{"x-forwarded-proto": "https"})

    assert answer.content == b"page"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "localhost"])
def test_this_machine_is_served(settings, host):
    assert ask(settings, host).content == b"page"


def test_plain_installation_is_served(settings):
    assert ask(settings, "galley.lan", public="").content == b"page"
