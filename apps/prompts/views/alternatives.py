"""The routes of drafts with a name, and of merging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core.errors import Invalid, require
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.prompts import actions
from apps.prompts.editing.merging import merge_rows
from apps.prompts.merge_documents import Answers
from apps.prompts.models import Draft, Prompt
from apps.prompts.permissions import can_edit_draft, can_edit_prompt
from apps.prompts.queries import draft_of, drafts_of, prompt_for, version_of, versions_of
from apps.prompts.queries.merging import Meeting, meets_alternative, meets_latest
from apps.prompts.views.answers import draft_for, write_page


def _named(prompt: Prompt, pk: int) -> Draft:
    draft = get_object_or_404(drafts_of(prompt), pk=pk)
    draft.prompt = prompt
    return draft


@require_safe
@login_required
def drafts(request: HttpRequest, path: str) -> HttpResponse:
    """Every draft of the prompt: the shared one, those beside it, and those that were put away."""
    return _drafts(request, prompt_for(request.user, path))


def _drafts(request: HttpRequest, prompt: Prompt, status: int = 200, **more: Any) -> HttpResponse:
    rows = list(drafts_of(prompt).select_related("opened_by"))
    shared = draft_of(prompt)
    context = {
        "prompt": prompt,
        "shared": shared,
        "open": [row for row in rows if row.opened_by_id and row.closed_at is None],
        "kept": [row for row in rows if not row.opened_by_id and row.closed_at is None],
        "closed": [row for row in rows if row.closed_at is not None],
        "versions": versions_of(prompt)[:50],
        "can_edit": can_edit_prompt(request.user, prompt),  # type: ignore[arg-type]
        **more,
    }
    return render(request, "prompts/drafts.html", context, status=status)


@require_POST
@login_required
def open_draft(request: HttpRequest, path: str) -> HttpResponse:
    """`name`, and `version`: the number to begin from, or nothing for the shared draft."""
    prompt = prompt_for(request.user, path)
    number = whole(request.POST.get("version"), LARGEST_NUMBER)
    version = version_of(prompt, number) if number else None
    name = request.POST.get("name", "")
    try:
        draft = actions.open_alternative(prompt, name=name, version=version, actor=request.user)
    except Invalid as error:
        more = {"errors": error.errors, "typed": name, "began": number}
        return _drafts(request, prompt, 422, **more)
    messages.success(request, _("“%(name)s” is open beside the shared draft") % {"name": draft})
    return back(request, write_page(draft))


@require_POST
@login_required
def rename_draft(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    name = request.POST.get("name", "")
    try:
        actions.rename_alternative(_named(prompt, pk), name=name, actor=request.user)
    except Invalid as error:
        return _drafts(request, prompt, 422, errors=error.errors, renamed=pk, new_name=name)
    return back(request, reverse("prompts:drafts", args=[path]))


@require_POST
@login_required
def close_draft(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    draft = actions.close_alternative(_named(prompt, pk), actor=request.user)
    messages.success(
        request, _("“%(name)s” is put away. It can be opened again.") % {"name": draft}
    )
    return back(request, reverse("prompts:drafts", args=[path]))


@require_POST
@login_required
def reopen_draft(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    prompt = prompt_for(request.user, path)
    draft = actions.reopen_alternative(_named(prompt, pk), actor=request.user)
    return back(request, write_page(draft))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def merge_latest(request: HttpRequest, path: str) -> HttpResponse:
    """What changed up to the latest version, into the draft of the address."""
    draft = draft_for(request, prompt_for(request.user, path))
    require(can_edit_draft(request.user, draft))  # type: ignore[arg-type]
    meeting = meets_latest(draft)
    if meeting is None:
        messages.success(request, _("This draft begins from the latest version already."))
        return back(request, write_page(draft))

    def act(seen: str, answers: Answers) -> Draft:
        return actions.merge_latest(draft, seen=seen, answers=answers, actor=request.user)

    return _merge(request, meeting, act)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def merge_draft(request: HttpRequest, path: str, pk: int) -> HttpResponse:
    """A draft with a name, into the shared one."""
    prompt = prompt_for(request.user, path)
    source = _named(prompt, pk)
    shared = draft_of(prompt)
    require(can_edit_draft(request.user, shared))  # type: ignore[arg-type]

    def act(seen: str, answers: Answers) -> Draft:
        return actions.merge_alternative(source, seen=seen, answers=answers, actor=request.user)

    return _merge(request, meets_alternative(shared, source), act)


def _merge(
    request: HttpRequest, meeting: Meeting, act: Callable[[str, Answers], Draft]
) -> HttpResponse:
    answers, sentences, status = _answers(request), [], 200
    if request.method == "POST":
        try:
            draft = act(request.POST.get("seen", ""), answers)
        except Invalid as error:
            sentences = [text for texts in error.errors.values() for text in texts]
            status = 422
        else:
            words = _("“%(source)s” is merged. What the draft said before is kept aside.")
            messages.success(request, words % {"source": meeting.source})
            return back(request, write_page(draft))
    merged = meeting.merged(answers)
    rows = merge_rows(meeting, merged)
    context = {
        "prompt": meeting.draft.prompt,
        "meeting": meeting,
        "rows": rows,
        "asked": sum(row.asks for row in rows),
        "sentences": sentences,
        "takes_draft": isinstance(meeting.source, Draft),
    }
    return render(request, "prompts/merge.html", context, status=status)


def _answers(request: HttpRequest) -> Answers:
    """`choice-<piece>` and, where a person edited the merged words, `text-<piece>`."""
    found: dict[str, dict[str, str]] = {"choice": {}, "text": {}}
    for name in request.POST:
        kind, sign, piece = name.partition("-")
        if sign and kind in found:
            found[kind][piece] = str(request.POST[name]).replace("\r\n", "\n")
    return Answers(found["choice"], found["text"])
