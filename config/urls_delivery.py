"""The addresses of a process that delivers and has no pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from apps.delivery.api import api
from apps.delivery.docs import unknown_address

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    re_path(r"^api/v1/[\s\S]*$", unknown_address),
]
