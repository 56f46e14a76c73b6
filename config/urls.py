"""Every address. Each app writes its whole paths; pages come last."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ORDER = (
    *("delivery", "accounts", "teams", "prompts", "environments", "reviews", "releases"),
    *("notifications", "interchange", "audit", "pages"),
)


def _present(module: str) -> bool:
    return find_spec(module) is not None


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"apps.{app}.urls")) for app in ORDER if _present(f"apps.{app}.urls")
]
urlpatterns.append(path("account/", include("allauth.urls")))
