"""The real application, with nothing around Django's views: the view to compare with is the fastest
that Django has."""

import django
from django.conf import settings

django.setup()
settings.MIDDLEWARE = []

from config.asgi import application  # noqa: E402 - it reads MIDDLEWARE as it is loaded

__all__ = ["application"]
