from __future__ import annotations

from django.urls import URLPattern, path

from apps.evaluations.views import runs, schedules, updates

RUN = "tests/runs/<int:pk>/"
SCHEDULE = "tests/schedules/<int:pk>/"
UPDATE = "tests/models/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("tests/<int:pk>/run/", runs.start_run, name="start_run"),
    path(RUN, runs.run, name="run"),
    path(f"{RUN}cancel/", runs.cancel_run, name="cancel_run"),
    path(f"{RUN}again/", runs.rerun_failed, name="rerun_failed"),
    path(f"{RUN}export/", runs.export_run, name="export_run"),
    path("tests/results/<int:pk>/", runs.result, name="result"),
    path("tests/<int:pk>/schedule/", schedules.make_schedule, name="make_schedule"),
    path(SCHEDULE, schedules.change_schedule, name="change_schedule"),
    path(f"{SCHEDULE}pause/", schedules.pause_schedule, name="pause_schedule"),
    path(f"{SCHEDULE}resume/", schedules.resume_schedule, name="resume_schedule"),
    path(f"{SCHEDULE}end/", schedules.end_schedule, name="end_schedule"),
    path(
        "tests/alarms/<int:pk>/acknowledge/", schedules.acknowledge_drift, name="acknowledge_drift"
    ),
    path("tests/models/", updates.model_updates, name="model_updates"),
    path(UPDATE, updates.model_update, name="model_update"),
    path(f"{UPDATE}cancel/", updates.cancel_update, name="cancel_update"),
    path(f"{UPDATE}export/", updates.export_update, name="export_update"),
]
