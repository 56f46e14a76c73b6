"""Where the public address is https, everybody else is sent there.

Not this machine: the links that `make run` prints lead to its loopback address.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
GetResponse = Callable[[HttpRequest], HttpResponse]


def to_https(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        here = request.get_host().rsplit(":", 1)[0] in LOOPBACK
        if here or request.is_secure() or not settings.PUBLIC_URL.startswith("https://"):
            return get_response(request)
        return HttpResponsePermanentRedirect(settings.PUBLIC_URL + request.get_full_path())

    return middleware
