"""Delivery as a process of its own: fetches and streams, without pages, sessions or templates.

It serves from its snapshot at once; Django, which reads the database, is loaded behind that.
"""

import os
import threading
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("GALLEY_PROCESS", "web")

from apps.delivery.asgi import application as deliver
from apps.delivery.asgi import is_ours, refuse
from apps.delivery.problems import Problem
from apps.delivery.process import REFRESHER
from apps.delivery.store import away
from config.lifespan import lifespan

Scope = Any
_django: Any = None
_loading = threading.Lock()


def load_django() -> Any:
    """Django with the API's addresses alone, for what the memory cannot answer."""
    global _django
    with _loading:
        if _django is None:
            from django.core.asgi import get_asgi_application

            os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings_delivery"
            _django = get_asgi_application()
    return _django


REFRESHER.prepare = load_django


async def application(scope: Scope, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await lifespan(receive, send)
    elif not is_ours(scope["path"]):
        await refuse(send, Problem("unknown_address", "This process only delivers prompts."))
    elif not await deliver(scope, receive, send):
        if _django is None:
            await refuse(send, away())
        else:
            await _django(scope, receive, send)
