from django.urls import path

from apps.notifications import views

app_name = "notifications"
urlpatterns = [
    path("inbox/<int:pk>/done/", views.mark_done, name="mark_done"),
    path("inbox/<int:pk>/undo/", views.mark_undone, name="mark_undone"),
]
