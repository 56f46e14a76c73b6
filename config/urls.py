"""Every address. Each app writes its whole paths; pages come last, sign-in is allauth's."""

from django.urls import URLPattern, URLResolver, include, path

ORDER = (
    *("accounts", "teams", "llm", "prompts", "environments", "reviews", "evaluations"),
    *("releases", "delivery", "analytics", "experiments", "notifications", "pages"),
)

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"apps.{app}.urls")) for app in ORDER),
    path("account/", include("allauth.urls")),
]

handler500 = "apps.core.away.server_error"
