from django.urls import path

from apps.core import converters  # noqa: F401 - registers the "pp" path converter
from apps.notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/counts/", views.counts, name="counts"),
    path("inbox/<int:pk>/done/", views.mark_done, name="mark_done"),
    path("inbox/<int:pk>/undo/", views.mark_undone, name="mark_undone"),
    path("inbox/<int:pk>/accept/", views.accept_suggestion, name="accept_suggestion"),
    path("inbox/<int:pk>/snooze/", views.snooze, name="snooze"),
    path("follow/<slug:level>/prompts/<pp:path>/", views.follow_prompt, name="follow_prompt"),
    path("follow/<slug:level>/threads/<int:pk>/", views.follow_thread, name="follow_thread"),
    path("follow/", views.follow_path, name="follow_path"),
    path("follow/<int:pk>/stop/", views.stop_following, name="stop_following"),
    path("account/notifications/", views.settings, name="settings"),
    path("account/notifications/test/", views.send_test_letter, name="send_test_letter"),
    path("admin/mail/<int:pk>/again/", views.try_letter_again, name="try_letter_again"),
    path("admin/mail/<int:pk>/drop/", views.drop_letter, name="drop_letter"),
    path("mute/<str:token>/", views.mute_by_letter, name="mute_by_letter"),
    path(
        "follow/<slug:level>/namespaces/<pp:path>/", views.follow_namespace, name="follow_namespace"
    ),
]
