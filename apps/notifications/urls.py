from django.urls import path

from apps.core import converters  # noqa: F401 - registers the "pp" path converter
from apps.notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/counts/", views.counts, name="counts"),
    path("inbox/<int:pk>/done/", views.mark_done, name="mark_done"),
    path("inbox/<int:pk>/undo/", views.mark_undone, name="mark_undone"),
    path("inbox/<int:pk>/snooze/", views.snooze, name="snooze"),
    path("follow/<slug:level>/prompts/<pp:path>/", views.follow_prompt, name="follow_prompt"),
    path(
        "follow/<slug:level>/namespaces/<pp:path>/", views.follow_namespace, name="follow_namespace"
    ),
]
