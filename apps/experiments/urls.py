from django.urls import path

from apps.core import converters  # noqa: F401 - registers "pp"
from apps.experiments import views

app_name = "experiments"
ONE = "experiments/<int:pk>/"
PROMPT = "prompts/<pp:path>/-/"

urlpatterns = [
    path("experiments/", views.experiments, name="experiments"),
    path(ONE, views.experiment, name="experiment"),
    path(f"{ONE}change/", views.change_experiment, name="change_experiment"),
    path(f"{ONE}start/", views.start_experiment, name="start_experiment"),
    path(f"{ONE}end/", views.end_experiment, name="end_experiment"),
    path(f"{ONE}give-up/", views.abandon_experiment, name="abandon_experiment"),
    path(f"{PROMPT}experiments/new/", views.make_experiment, name="make_experiment"),
    path(f"{PROMPT}shadows/new/", views.make_shadow, name="make_shadow"),
    path("experiments/shadows/<int:pk>/", views.shadow, name="shadow"),
    path("experiments/shadows/<int:pk>/act/", views.act_shadow, name="act_shadow"),
    path("experiments/shadows/answers/<int:pk>/", views.shadow_answer, name="shadow_answer"),
    path(f"{PROMPT}release/by-itself/", views.release_by_itself, name="release_by_itself"),
    path(f"{PROMPT}rollout/", views.guard_rollout, name="guard_rollout"),
]
