from __future__ import annotations

from django.urls import URLPattern, path

from apps.evaluations.views import runs

RUN = "tests/runs/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("tests/<int:pk>/run/", runs.start_run, name="start_run"),
    path(RUN, runs.run, name="run"),
    path(f"{RUN}cancel/", runs.cancel_run, name="cancel_run"),
    path(f"{RUN}again/", runs.rerun_failed, name="rerun_failed"),
    path(f"{RUN}export/", runs.export_run, name="export_run"),
    path("tests/results/<int:pk>/", runs.result, name="result"),
]
