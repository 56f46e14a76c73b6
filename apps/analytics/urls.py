from django.urls import path

from apps.analytics import views
from apps.core import converters  # noqa: F401 - registers "pp"

app_name = "analytics"
urlpatterns = [
    path("analytics/", views.dashboard, name="dashboard"),
    path("analytics/alarms/", views.alarms, name="alarms"),
    path("analytics/alarms/new/", views.make_alarm, name="make_alarm"),
    path("prompts/<pp:path>/-/analytics/calls/take/", views.take_calls, name="take_calls"),
    path("prompts/<pp:path>/-/analytics/calls/replay/", views.replay, name="replay"),
    path("prompts/<pp:path>/-/analytics/live/", views.live_check, name="live_check"),
    path("analytics/live/<int:pk>/", views.switch_live, name="switch_live"),
    path("analytics/alarms/<int:pk>/", views.alarm, name="alarm"),
]
