from __future__ import annotations

from django.urls import path, re_path

from apps.delivery.api import api
from apps.delivery.docs import docs, unknown_address
from apps.delivery.views import keeping_rule, remove_keeping_rule

app_name = "delivery"

urlpatterns = [
    path("admin/namespaces/<int:pk>/calls/", keeping_rule, name="keeping_rule"),
    path(
        "admin/namespaces/<int:pk>/calls/remove/", remove_keeping_rule, name="remove_keeping_rule"
    ),
    path("api/v1/docs", docs, name="docs"),
    path("api/v1/", api.urls),
    # [\s\S]: an address with a line break in it, too, leads to a problem document.
    re_path(r"^api/v1/[\s\S]*$", unknown_address, name="unknown_address"),
]
