"""A snippet's versions side by side, and what an update would change in a prompt."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.errors import require
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.verdicts import not_visible
from apps.pages.views.review import chosen_view
from apps.prompts.compare import compare as compare_documents
from apps.prompts.compile import used_variables
from apps.prompts.content import Document, new_block, new_content
from apps.prompts.models import DraftBlock, Snippet, SnippetVersion
from apps.prompts.permissions import can_edit_draft
from apps.prompts.queries import draft_document
from apps.prompts.queries.snippets import newest_version, snippet_for
from apps.prompts.views.answers import block_for
from apps.reviews.reading import Reading, read

ONE = str(uuid.UUID(int=0))  # both sides are one block, so both have one key


@require_safe
@login_required
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """`?old=1&new=3`: any two; without them the newest and the one before. v1 alone is read."""
    found = snippet_for(request.user, pk)
    versions = list(found.versions.order_by("-number"))
    new = _chosen(versions, request.GET.get("new")) or versions[0]
    before = next((known for known in versions if known.number == new.number - 1), None)
    old = _chosen(versions, request.GET.get("old")) or before
    context = {"snippet": found, "versions": versions, "old": old, "new": new}
    context["reading"] = _reading(request, _alone(old) if old else None, _alone(new), old, new)
    return render(request, "pages/snippet_compare.html", context)


def _chosen(versions: list[SnippetVersion], typed: str | None) -> SnippetVersion | None:
    number = whole(typed, LARGEST_NUMBER)
    return next((known for known in versions if known.number == number), None)


def _alone(said: SnippetVersion | DraftBlock) -> Document:
    """A document of nothing but these words."""
    part = new_block(
        said.type, title=said.title, body=said.body, key=ONE, rows=said.rows, as_=said.rows_as
    )
    return {**new_content(), "blocks": [part]}


def _reading(
    request: HttpRequest, old: Document | None, new: Document, *names: SnippetVersion | None
) -> Reading:
    before, after = (f"v{name.number}" if name else _("an empty text") for name in names)
    comparison = compare_documents(old, new)
    return read(comparison, view=chosen_view(request), old_label=before, new_label=after)


@require_safe
@login_required
def newer(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """What the block would say with the newest version, before anyone takes it over."""
    block = block_for(request, path, key)
    pinned = block.snippet_version
    if pinned is None:
        require(not_visible())
    assert pinned is not None
    found: Snippet = snippet_for(request.user, pinned.snippet_id)
    newest = newest_version(found)
    later = found.versions.filter(number__gt=pinned.number).select_related("author")
    said = _alone(newest)
    declared = {variable["name"] for variable in draft_document(block.draft)["variables"]}
    context: dict[str, Any] = {
        "prompt": block.draft.prompt,
        "draft": block.draft,
        "key": str(block.key),
        "snippet": found,
        "old": pinned,
        "newest": newest,
        "later": later,
        "unknown": [name for name in used_variables(said) if name not in declared],
        "reading": _reading(request, _alone(block), said, pinned, newest),
        "may_edit": can_edit_draft(person_of(request), block.draft),
    }
    return render(request, "pages/snippet_newer.html", context)
