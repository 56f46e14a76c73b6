from django.urls import path

from apps.evaluations.views import requirements as views

urlpatterns = [
    path("admin/rules/suites/<int:pk>/", views.requirement, name="requirement"),
    path("admin/rules/suites/new/<slug:name>/", views.add_requirement, name="add_requirement"),
]
