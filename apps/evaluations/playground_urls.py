from django.urls import path

from apps.evaluations.views import playground as views

ONE = "playground/trials/<int:pk>/"
ANSWER = f"{ONE}<int:position>/"

urlpatterns = [
    path("playground/", views.playground, name="playground"),
    path("playground/run/", views.start_trial, name="start_trial"),
    path(ONE, views.trial, name="trial"),
    path(ANSWER, views.trial_answer, name="trial_answer"),
    path(f"{ANSWER}case/", views.keep_case, name="keep_case"),
    path(f"{ANSWER}example/", views.use_as_example, name="use_as_example"),
    path(f"{ANSWER}draft/", views.save_to_draft, name="save_to_draft"),
]
