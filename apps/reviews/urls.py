from django.urls import path

from apps.core import converters  # noqa: F401 - registers "pp"
from apps.reviews.views import decisions, requests, suggestions, threads

app_name = "reviews"
urlpatterns = [
    path("prompts/<pp:path>/-/ask-for-review/", requests.request_review, name="request_review"),
    path("reviews/<int:pk>/withdraw/", requests.withdraw_review, name="withdraw_review"),
    path("reviews/<int:pk>/finish/", decisions.finish_review, name="finish_review"),
    path("reviews/<int:pk>/threads/", threads.start_thread, name="start_thread"),
    path("threads/<int:pk>/reply/", threads.reply_thread, name="reply_thread"),
    path("threads/<int:pk>/resolve/", threads.resolve_thread, name="resolve_thread"),
    path("threads/<int:pk>/reopen/", threads.reopen_thread, name="reopen_thread"),
    path("threads/<int:pk>/", threads.thread, name="thread"),
    path("comments/<int:pk>/edit/", threads.edit_comment, name="edit_comment"),
    path("comments/<int:pk>/give-access/", threads.give_access, name="give_access"),
    path("prompts/<pp:path>/-/comment/", threads.start_draft_thread, name="start_draft_thread"),
    path("prompts/<pp:path>/-/comments/", threads.draft_threads, name="draft_threads"),
    path("prompts/<pp:path>/-/comments/words/", threads.commented_words, name="commented_words"),
    path("prompts/<pp:path>/-/names/", threads.mentionable, name="mentionable"),
    path("prompts/<pp:path>/-/suggest/", suggestions.suggest_in_draft, name="suggest_in_draft"),
    path("reviews/<int:pk>/suggest/", suggestions.suggest, name="suggest"),
    path("suggestions/<int:pk>/accept/", suggestions.accept_suggestion, name="accept_suggestion"),
    path(
        "suggestions/<int:pk>/dismiss/", suggestions.dismiss_suggestion, name="dismiss_suggestion"
    ),
    path("suggestions/<int:pk>/reopen/", suggestions.reopen_suggestion, name="reopen_suggestion"),
]
