"""One version to read, and two to compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.pages.queries.changes import lines
from apps.pages.queries.prompt import PromptHead
from apps.pages.views.prompt import frame
from apps.pages.views.review import chosen_view
from apps.prompts.compare import compare as compare_documents
from apps.prompts.content import VARIABLE_LABELS, Document
from apps.prompts.models import Prompt
from apps.prompts.permissions import can_restore_version
from apps.prompts.queries import effect, preview, version_document, version_of, versions_of
from apps.reviews.reading import read

DRAFT = "draft"


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a version, the draft, or nothing (before v1)."""

    code: str
    label: str
    document: Document | None


@require_safe
@login_required
def version(request: HttpRequest, path: str, number: int) -> HttpResponse:
    """The text of one version, read only."""
    context = frame(request, path, "history")
    found = version_of(context["prompt"], number)
    document = version_document(found)
    context |= {
        "version": found,
        "document": document,
        "tokens": preview(document).tokens,
        "may_restore": can_restore_version(person_of(request), found),
        "variables": [
            {**variable, "label": VARIABLE_LABELS[variable["type"]]}
            for variable in document["variables"]
        ],
    }
    return render(request, "pages/version.html", context)


@require_safe
@login_required
def compare(request: HttpRequest, path: str) -> HttpResponse:
    """Any two versions, or a version and the draft: in words, then block by block."""
    context = frame(request, path, "history")
    head = context["head"]
    old, new = _sides(request, context["prompt"], head)
    assert new.document is not None
    comparison = compare_documents(old.document, new.document)
    context |= {
        "old": old,
        "new": new,
        "choices": list(versions_of(context["prompt"]).values_list("number", flat=True)[:500]),
        "changes": lines(comparison),
        "effect": effect(old.document, new.document),
        "reading": read(
            comparison, view=chosen_view(request), old_label=old.label, new_label=new.label
        ),
    }
    return render(request, "pages/compare.html", context)


def _sides(request: HttpRequest, prompt: Prompt, head: PromptHead) -> tuple[Side, Side]:
    """`?old=12&new=14|draft`; without them what is live (else the last version) and the draft."""
    new = _side(prompt, head, request.GET.get("new", DRAFT))
    default = str(head.base.number) if head.base else ""
    old = _side(prompt, head, request.GET.get("old", default))
    if new is None or new.document is None:
        new = _draft(head)
    return old or Side("", _("an empty text"), None), new


def _side(prompt: Prompt, head: PromptHead, code: str) -> Side | None:
    if code == DRAFT:
        return _draft(head)
    number = whole(code, LARGEST_NUMBER)
    if number is None:
        return None
    found: Any = version_of(prompt, number)
    live = head.base_is_live and head.base == found
    label = _("%(v)s, live") % {"v": found} if live else str(found)
    return Side(code, label, version_document(found))


def _draft(head: PromptHead) -> Side:
    return Side(DRAFT, _("Draft"), head.document)
