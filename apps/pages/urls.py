from importlib.util import find_spec

from django.urls import include, path

from apps.core import converters  # noqa: F401 - registers the "pp" path converter
from apps.pages.views import (
    analytics,
    blame,
    board,
    card,
    experiments,
    history,
    home,
    prompt,
    registry,
    review,
    search,
    settings,
    snippets,
    tests,
    versions,
)

app_name = "pages"
PROMPT = "prompts/<pp:path>"

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.search_page, name="search"),
    path("prompts/", registry.registry, name="registry"),
    path("prompts/new/", registry.new_prompt, name="new_prompt"),
    path("reviews/", review.reviews, name="reviews"),
    path("reviews/<int:pk>/", review.review, name="review"),
    path("snippets/<int:pk>/compare/", snippets.compare, name="compare_snippet"),
    path("releases/", board.board, name="board"),
    path(f"{PROMPT}/", prompt.prompt, name="prompt"),
    path(f"{PROMPT}/-/write/", prompt.write, name="write"),
    path(f"{PROMPT}/-/preview/", prompt.preview, name="preview"),
    path(f"{PROMPT}/-/reviews/", review.prompt_reviews, name="prompt_reviews"),
    path(f"{PROMPT}/-/tests/", tests.prompt_tests, name="prompt_tests"),
    path(f"{PROMPT}/-/experiments/", experiments.prompt_experiments, name="prompt_experiments"),
    path(f"{PROMPT}/-/releases/", board.prompt_releases, name="prompt_releases"),
    path(f"{PROMPT}/-/releases/card/", card.card, name="card"),
    path(f"{PROMPT}/-/blocks/<uuid:key>/who/", blame.blame, name="blame"),
    path(f"{PROMPT}/-/blocks/<uuid:key>/newer/", snippets.newer, name="newer_snippet"),
    path(f"{PROMPT}/-/analytics/calls/", analytics.prompt_calls, name="prompt_calls"),
    path(f"{PROMPT}/-/analytics/", analytics.prompt_analytics, name="prompt_analytics"),
    path(f"{PROMPT}/-/history/", history.history, name="history"),
    path(f"{PROMPT}/-/history/<int:draft>/<int:moment>/", history.step, name="step"),
    path(f"{PROMPT}/-/versions/<int:number>/", versions.version, name="version"),
    path(f"{PROMPT}/-/compare/", versions.compare, name="compare"),
    path(f"{PROMPT}/-/settings/", settings.prompt_settings, name="prompt_settings"),
    *([path("", include("apps.pages.urls_admin"))] if find_spec("apps.pages.urls_admin") else []),
]
