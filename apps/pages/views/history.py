from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.errors import require
from apps.core.numbers import whole
from apps.core.verdicts import not_visible
from apps.pages.addresses import with_query
from apps.pages.queries.history import PAGE, history_of
from apps.pages.queries.timeline import KINDS, timeline_of
from apps.pages.views.prompt import frame
from apps.prompts.content import VARIABLE_LABELS
from apps.prompts.forms import VersionForm
from apps.prompts.permissions import can_edit_prompt, can_make_version
from apps.prompts.queries import drafts_of, prompt_for
from apps.prompts.queries.sessions import at_moment, document_at


@require_safe
@login_required
def history(request: HttpRequest, path: str) -> HttpResponse:
    """Everything that happened to the prompt, newest first; compare any two versions; bring
    anything back as a draft. `?only=drafts` keeps one kind, `?before=` asks for what is older."""
    person = person_of(request)
    only = request.GET.get("only", "")
    only = only if only in KINDS else ""
    moment = whole(request.GET.get("before"))
    more = request.headers.get("HX-Request") == "true" and moment is not None
    context = {"prompt": prompt_for(person, path)} if more else _page(request, path, only)
    prompt = context["prompt"]
    found = timeline_of(person, prompt, only, None if moment is None else at_moment(moment))
    context |= {
        "timeline": found,
        "older": with_query(request, before=found.older, page="") if found.older else "",
        "is_older": moment is not None and not more,
        "newest": with_query(request, before=""),
    }
    return render(request, "pages/_timeline.html" if more else "pages/history.html", context)


def _page(request: HttpRequest, path: str, only: str) -> dict[str, Any]:
    context = frame(request, path, "history")
    page = whole(request.GET.get("page"), 100) or 1
    found = history_of(context["prompt"], PAGE * page)
    kinds = [("", _("Everything")), *KINDS.items()]
    return context | {
        "history": found,
        "more": with_query(request, page=page + 1) if len(found.rows) < found.total else "",
        "kept": drafts_of(context["prompt"]),
        "may_save": can_make_version(person_of(request), context["head"].draft),
        "version_form": VersionForm(),
        "kinds": [
            {"label": label, "url": with_query(request, only=code, before=""),
             "current": code == only}
            for code, label in kinds
        ],
    }  # fmt: skip


@require_safe
@login_required
def step(request: HttpRequest, path: str, draft: int, moment: int) -> HttpResponse:
    """What a draft said at a moment of its history, read only."""
    context = frame(request, path, "history")
    found = get_object_or_404(context["prompt"].drafts, pk=draft)
    at = at_moment(moment)
    document = None if at is None else document_at(found, at)
    if document is None:
        require(not_visible())
    assert document is not None
    context |= {
        "step_draft": found,
        "at": at,
        "moment": moment,
        "document": document,
        "may_restore": can_edit_prompt(person_of(request), context["prompt"]),
        "variables": [
            {**variable, "label": VARIABLE_LABELS[variable["type"]]}
            for variable in document["variables"]
        ],
    }
    return render(request, "pages/step.html", context)
