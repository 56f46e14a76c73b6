from django.urls import path

from apps.core import converters  # noqa: F401 - registers "pp"
from apps.reviews.views import decisions, requests, threads

app_name = "reviews"
urlpatterns = [
    path("prompts/<pp:path>/-/ask-for-review/", requests.request_review, name="request_review"),
    path("reviews/<int:pk>/withdraw/", requests.withdraw_review, name="withdraw_review"),
    path("reviews/<int:pk>/finish/", decisions.finish_review, name="finish_review"),
    path("reviews/<int:pk>/threads/", threads.start_thread, name="start_thread"),
    path("threads/<int:pk>/reply/", threads.reply_thread, name="reply_thread"),
    path("threads/<int:pk>/resolve/", threads.resolve_thread, name="resolve_thread"),
    path("threads/<int:pk>/reopen/", threads.reopen_thread, name="reopen_thread"),
]
