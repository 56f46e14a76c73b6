from django.urls import path

from apps.core import converters  # noqa: F401 - registers "pp"
from apps.releases import views

app_name = "releases"
urlpatterns = [
    path("waivers/new/", views.propose_waiver, name="propose_waiver"),
    path("waivers/<int:pk>/", views.decide_waiver, name="decide_waiver"),
    path("releases/together/", views.release_together, name="release_together"),
    path("prompts/<pp:path>/-/release/", views.release_version, name="release_version"),
    path("prompts/<pp:path>/-/label/", views.move_label, name="move_label"),
    path("prompts/<pp:path>/-/label/remove/", views.remove_label, name="remove_label"),
    path("prompts/<pp:path>/-/schedule/", views.schedule_release, name="schedule_release"),
    path("schedules/<int:pk>/withdraw/", views.withdraw_schedule, name="withdraw_schedule"),
    path("prompts/<pp:path>/-/break-glass/", views.break_glass, name="break_glass"),
    path("follow-ups/<int:pk>/", views.close_follow_up, name="close_follow_up"),
    path("prompts/<pp:path>/-/roll-back/", views.roll_back, name="roll_back"),
    path("prompts/<pp:path>/-/step/", views.step_rollout, name="step_rollout"),
]
