"""One ASGI application: deliveries and live streams are plain callables, Django does the rest."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if not settings.configured:  # loaded by a server: it serves with the run-time role alone
    os.environ.setdefault("GALLEY_PROCESS", "web")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

pages: Any = get_asgi_application()

from apps.core.live_stream import STREAMS
from apps.core.live_stream import application as stream
from apps.delivery.asgi import application as deliver
from apps.delivery.asgi import is_ours
from apps.delivery.process import STORE
from apps.evaluations.trial_stream import PREFIX as TRIALS
from apps.evaluations.trial_stream import application as answer_trial
from config.lifespan import lifespan
from config.patience import patiently


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send, STREAMS.hear, STREAMS.close_all)
        return
    path = scope["path"]
    if path == "/live":
        await stream(scope, receive, send)
    elif path.startswith(TRIALS):
        await answer_trial(scope, receive, send)
    elif not (is_ours(path) and await deliver(scope, receive, send)):
        if path.startswith("/api/"):  # it has words of its own for a database that is away
            await pages(scope, receive, send)
        else:
            await patiently(pages, STORE, scope, receive, send)
