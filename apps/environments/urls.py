from django.urls import include, path

from apps.environments import views

app_name = "environments"
urlpatterns = [
    path("admin/rules/<int:pk>/", views.change_rule, name="change_rule"),
    path("admin/rules/<int:pk>/remove/", views.remove_rule, name="remove_rule"),
    path("admin/rules/changes/<int:pk>/", views.rule_change, name="rule_change"),
    path("admin/rules/new/<slug:name>/", views.override_rule, name="override_rule"),
    path("", include("apps.environments.key_urls")),
]
