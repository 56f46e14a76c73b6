from django.urls import path

from apps.llm import views

app_name = "llm"
urlpatterns = [
    path("admin/models/connect/", views.make_connection, name="make_connection"),
    path("admin/models/allowed/", views.set_permits, name="set_permits"),
    path("admin/models/connections/<int:pk>/", views.change_connection, name="change_connection"),
    path("admin/models/connections/<int:pk>/test/", views.test_connection, name="test_connection"),
    path(
        "admin/models/connections/<int:pk>/retire/",
        views.retire_connection,
        name="retire_connection",
    ),
    path(
        "admin/models/connections/<int:pk>/restore/",
        views.restore_connection,
        name="restore_connection",
    ),
    path("admin/models/connections/<int:pk>/models/", views.make_model, name="make_model"),
    path("admin/models/<int:pk>/", views.change_model, name="change_model"),
    path("admin/models/<int:pk>/retire/", views.retire_model, name="retire_model"),
    path("admin/models/<int:pk>/restore/", views.restore_model, name="restore_model"),
    path("admin/budgets/<int:pk>/", views.set_budget, name="set_budget"),
]
