from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.errors import Elsewhere
from apps.core.numbers import whole
from apps.evaluations.playground import Playground
from apps.pages.queries.prompt import PromptHead, head_of
from apps.prompts.actions import note_visit
from apps.prompts.addresses import draft_address
from apps.prompts.editing import Editor, editor, preview_of
from apps.prompts.models import Draft, Prompt
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries import prompt_for
from apps.prompts.queries.paths import moved_to
from apps.prompts.queries.presence import present
from apps.prompts.views.answers import draft_for, write_page
from apps.reviews.homes import Home
from apps.reviews.queries import comment_counts, waiting_for
from apps.reviews.queries.threads import words_on_draft

OF_A_DRAFT = ("write", "preview")
PANES = ("preview", "variables", "samples", "checks", "comments")


def tabs(prompt: Prompt, now: str, draft: Draft, reviews: int = 0) -> list[dict[str, Any]]:
    """The rooms of a prompt; each is an address of its own. Two are about one of its drafts."""
    rooms = (
        ("write", _("Write"), 0),
        ("preview", _("Preview & try"), 0),
        ("prompt_reviews", _("Reviews"), reviews),
        ("prompt_tests", _("Tests"), 0),
        ("prompt_releases", _("Releases"), 0),
        ("prompt_experiments", _("Experiments"), 0),
        ("prompt_analytics", _("Analytics"), 0),
        ("history", _("History"), 0),
        ("prompt_settings", _("Settings"), 0),
    )
    return [
        {"label": label, "url": _room(name, prompt, draft), "current": name == now, "count": count}
        for name, label, count in rooms
    ]  # fmt: skip


def _room(name: str, prompt: Prompt, draft: Draft) -> str:
    if name in OF_A_DRAFT:
        return draft_address(f"pages:{name}", draft, prompt.path)
    return reverse(f"pages:{name}", args=[prompt.path])


def frame(request: HttpRequest, path: str, now: str) -> dict[str, Any]:
    """Head and tabs of a page of this prompt; 404 for what one may not see. The page of a path that
    it had lately leads on to the one that it has."""
    prompt = prompt_for(person_of(request), path)
    if prompt.path != path and request.method == "GET":
        raise Elsewhere(_same_page(request, prompt.path))
    head: PromptHead = head_of(person_of(request), prompt, draft_for(request, prompt))
    return {
        "prompt": prompt,
        "head": head,
        "tabs": tabs(prompt, now, head.draft, len(head.running)),
    }


def _same_page(request: HttpRequest, path: str) -> str:
    """The address that was asked for, with another path of the prompt."""
    match, query = request.resolver_match, request.META["QUERY_STRING"]
    assert match is not None
    address = reverse(match.view_name, kwargs={**match.kwargs, "path": path})
    return f"{address}?{query}" if query else address


@require_safe
@login_required
def prompt(request: HttpRequest, path: str) -> HttpResponse:
    """Where one most likely wants to go: the review that waits, else the text."""
    moved = moved_to(person_of(request), path)
    if moved is not None:
        return HttpResponseRedirect(reverse("pages:prompt", args=[moved.path]))
    found = prompt_for(person_of(request), path)
    waits = next((r for r in waiting_for(person_of(request)) if r.prompt_id == found.pk), None)
    if waits is not None:
        return HttpResponseRedirect(reverse("pages:review", args=[waits.pk]))
    room = "pages:write" if can_edit_prompt(person_of(request), found) else "pages:preview"
    return HttpResponseRedirect(reverse(room, args=[found.path]))


@require_safe
@login_required
def write(request: HttpRequest, path: str) -> HttpResponse:
    """The blocks, and beside them one of five panes."""
    pane = request.GET.get("pane", "")
    pane = pane if pane in PANES else PANES[0]
    if request.htmx and request.htmx.target == "since":  # type: ignore[attr-defined]
        fresh = {**frame(request, path, "write"), "oob": True}
        return render(request, "pages/_since.html", fresh)
    found = prompt_for(person_of(request), path)
    drafting = editor(person_of(request), found, draft_for(request, found))
    drafting.comments = comment_counts(drafting.draft)
    context = {
        "prompt": found,
        "editor": drafting,
        "here": present(drafting.draft, but=request.user),
        "pane": pane,
        "panes": _panes(drafting, pane),
        "words": words_on_draft(drafting.draft),
        "counts": json.dumps(drafting.comments),
        **(_comments(request, drafting) if pane == "comments" else {}),
        "preview": preview_of(drafting, _sample(request), request.GET.get("model", ""))
        if pane == "preview"
        else None,
    }
    if request.htmx and request.htmx.target == "pane":  # type: ignore[attr-defined]
        return render(request, "pages/write.html#pane", context)
    note_visit(found, actor=person_of(request))
    return render(request, "pages/write.html", {**frame(request, path, "write"), **context})


def _comments(request: HttpRequest, drafting: Editor) -> dict[str, Any]:
    """What is said about the draft; `?block=` begins a new comment on that block."""
    home = Home(person_of(request), drafting.prompt, draft=drafting.draft)
    about = home.about(request.GET.get("block", ""))
    return {"home": home, "threads": home.threads, "about": about}


def _panes(drafting: Editor, now: str) -> list[dict[str, Any]]:
    counts = {
        "preview": "",
        "variables": len(drafting.variables) + len(drafting.found),
        "samples": len(drafting.samples),
        "checks": len(drafting.findings),
        "comments": drafting.draft.threads.filter(resolved_at=None).count(),
    }
    labels = (_("Preview"), _("Variables"), _("Samples"), _("Checks"), _("Comments"))
    draft = drafting.draft
    return [
        {"label": label, "url": write_page(draft, pane=code), "current": code == now,
         "count": counts[code] or ""}
        for code, label in zip(PANES, labels, strict=True)
    ]  # fmt: skip


def _sample(request: HttpRequest) -> int | None:
    return whole(request.GET.get("sample"))


@require_safe
@login_required
def preview(request: HttpRequest, path: str) -> HttpResponse:
    """The messages as the model gets them, with a sample's values."""
    context = frame(request, path, "preview")
    note_visit(context["prompt"], actor=person_of(request))
    drafting = editor(person_of(request), context["prompt"], context["head"].draft)
    context |= {
        "editor": drafting,
        "tried": Playground(person_of(request), context["prompt"], draft=context["head"].draft),
        "preview": preview_of(drafting, _sample(request), request.GET.get("model", "")),
    }
    return render(request, "pages/preview.html", context)
