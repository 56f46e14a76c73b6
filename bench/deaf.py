"""Delivery that hears no notification: what the poll alone is worth."""

from config.asgi_delivery import application, load_django

load_django()

from apps.core.listener import LISTENER  # noqa: E402 - Django is loaded first

LISTENER.add = lambda heard: None  # type: ignore[method-assign]

__all__ = ["application"]
