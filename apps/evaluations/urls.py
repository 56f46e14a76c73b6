from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, include, path

from apps.evaluations import views

app_name = "evaluations"

SUITE = "tests/<int:pk>/"
CASE = "tests/cases/<int:pk>/"
CHECK = "tests/checks/<int:pk>/"


def _route(place: str, view: Any) -> URLPattern:
    """A route has the name of its view."""
    return path(place, view, name=view.__name__)


urlpatterns: list[URLPattern | URLResolver] = [
    _route("tests/", views.suites),
    _route("tests/new/", views.make_suite),
    _route("tests/upload/", views.upload_sheet),
    _route("tests/uploads/<int:pk>/", views.upload),
    _route(SUITE, views.suite),
    _route(f"{SUITE}change/", views.change_suite),
    _route(f"{SUITE}archive/", views.archive_suite),
    _route(f"{SUITE}restore/", views.restore_suite),
    _route(f"{SUITE}cases/add/", views.add_case),
    _route(f"{SUITE}cases/difficult/", views.add_difficult_cases),
    _route(f"{SUITE}cases/remove/", views.remove_cases),
    _route(CASE, views.case),
    _route(f"{CASE}cell/", views.cell),
    _route(f"{CASE}switch/", views.switch_case),
    _route(f"{CASE}move/", views.move_case),
    _route(f"{SUITE}checks/add/", views.add_check),
    _route(CHECK, views.check),
    _route(f"{CHECK}switch/", views.switch_check),
    _route(f"{CHECK}move/", views.move_check),
    _route(f"{CHECK}remove/", views.remove_check),
    path("", include("apps.evaluations.requirement_urls")),
    path("", include("apps.evaluations.playground_urls")),
    path("", include("apps.evaluations.run_urls")),
    path("", include("apps.evaluations.rating_urls")),
]
