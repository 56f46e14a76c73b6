from __future__ import annotations

from django.urls import path, re_path

from apps.delivery.api import api
from apps.delivery.docs import docs, unknown_address

app_name = "delivery"

urlpatterns = [
    path("api/v1/docs", docs, name="docs"),
    path("api/v1/", api.urls),
    # With (?s) a line break in an address, too, leads to a problem document.
    re_path(r"(?s)^api/v1/.*$", unknown_address, name="unknown_address"),
]
