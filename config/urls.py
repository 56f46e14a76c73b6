"""Every address. Each app writes its whole paths; pages come last."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

ORDER = (
    *("accounts", "teams", "prompts", "environments", "reviews", "releases"),
    *("notifications", "interchange", "audit", "pages"),
)


def _present(module: str) -> bool:
    return find_spec(module) is not None


urlpatterns: list[URLPattern | URLResolver] = []
if _present("apps.delivery.api"):
    from apps.delivery.api import api

    urlpatterns.append(path("api/v1/", api.urls))
urlpatterns += [
    path("", include(f"apps.{app}.urls")) for app in ORDER if _present(f"apps.{app}.urls")
]
urlpatterns.append(path("account/", include("allauth.urls")))
