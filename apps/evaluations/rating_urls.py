from __future__ import annotations

from django.urls import URLPattern, path

from apps.evaluations.views import check_trials, rating_queue, ratings

REQUEST = "tests/ratings/<int:pk>/"

urlpatterns: list[URLPattern] = [
    path("tests/results/<int:pk>/rate/", ratings.rate_answer, name="rate_answer"),
    path("tests/results/<int:pk>/decide/", ratings.decide_rating, name="decide_rating"),
    path("tests/runs/<int:pk>/ratings/", ratings.ratings, name="ratings"),
    path("tests/runs/<int:pk>/ratings/ask/", rating_queue.ask_for_ratings, name="ask_for_ratings"),
    path("tests/checks/<int:pk>/try/", check_trials.try_check, name="try_check"),
    path("tests/ratings/", rating_queue.rating_queue, name="rating_queue"),
    path(REQUEST, rating_queue.rate_next, name="rate_next"),
    path(f"{REQUEST}close/", rating_queue.close_rating_request, name="close_rating_request"),
    path(f"{REQUEST}drop/", rating_queue.drop_rater, name="drop_rater"),
]
