from django.urls import path

from apps.core import converters  # noqa: F401 - registers "pp"
from apps.releases import views

app_name = "releases"
urlpatterns = [
    path("prompts/<pp:path>/-/release/", views.release_version, name="release_version"),
    path("prompts/<pp:path>/-/roll-back/", views.roll_back, name="roll_back"),
]
