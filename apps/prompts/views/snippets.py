"""The routes of snippets: their list, the page of one, and pins in a draft."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.core.errors import Invalid
from apps.core.navigation import back
from apps.core.numbers import LARGEST_NUMBER, whole
from apps.core.text import listing
from apps.prompts import actions
from apps.prompts.editing.uses import WAITS, uses_of, waiting
from apps.prompts.models import Snippet, SnippetVersion
from apps.prompts.permissions import can_change_snippet, can_restore_snippet
from apps.prompts.queries import prompt_for
from apps.prompts.queries.prompts import writable_namespaces
from apps.prompts.queries.snippets import found_snippets, newest_version, snippet_for
from apps.prompts.snippet_forms import BLANK, Rows, SnippetForm, typed_rows
from apps.prompts.views.answers import Toast, block_for, blocks_answer, draft_for, key_of
from apps.prompts.views.structure import came
from apps.teams.queries import visible_namespaces

MOST = 200
log = logging.getLogger("galley.prompts")


@require_safe
@login_required
def snippets(request: HttpRequest) -> HttpResponse:
    """Those that one may see; `?q=` looks in names, purposes and words, `?in=` is a namespace,
    `?archived=1` shows the archive."""
    text = request.GET.get("q", "").replace("\x00", " ")[:200]
    archived = request.GET.get("archived") == "1"
    place, chosen = request.GET.get("in", "").replace("\x00", ""), None
    places = list(visible_namespaces(request.user).filter(snippets__isnull=False).distinct())
    rows = found_snippets(request.user, text, archived=archived)
    if place:
        chosen = next((known for known in places if known.path == place), None)
        rows = rows.filter(namespace=chosen)
    context = {
        "snippets": rows[:MOST],
        "typed": text,
        "archived": archived,
        "places": places,
        "chosen": chosen,
        "may_make": writable_namespaces(request.user).exists(),
    }
    return render(request, "prompts/snippets.html", context)


@require_safe
@login_required
def snippet(request: HttpRequest, pk: int) -> HttpResponse:
    found = snippet_for(request.user, pk)
    return _page(request, found, _form_of(found))


def _form_of(found: Snippet) -> SnippetForm:
    newest = newest_version(found)
    words = {"seen": newest.number, "title": newest.title, "body": newest.body}
    return SnippetForm(initial={**words, "rows_as": newest.rows_as})


def _page(
    request: HttpRequest,
    found: Snippet,
    form: SnippetForm,
    rows: Rows | None = None,
    status: int = 200,
) -> HttpResponse:
    """Where it is used is told for prompts that one may see; others are counted."""
    newest = newest_version(found)
    uses, hidden = uses_of(newest, request.user)
    context: dict[str, Any] = {
        "snippet": found,
        "newest": newest,
        "versions": list(found.versions.select_related("author")),
        "uses": uses,
        "hidden": hidden,
        "waits": any(use.state == WAITS for use in uses),
        "form": form,
        "rows": rows or [*newest.rows, BLANK],
        "opened": rows is not None,
        "can_change": can_change_snippet(request.user, found),  # type: ignore[arg-type]
        "can_restore": can_restore_snippet(request.user, found),  # type: ignore[arg-type]
    }
    return render(request, "prompts/snippet.html", context, status=status)


@require_POST
@login_required
def change_snippet(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version, and a draft proposed in each prompt that pins an older one. `act=add` asks
    for another empty example."""
    found, rows = snippet_for(request.user, pk), typed_rows(request.POST)
    if "act" in request.POST:
        return _page(request, found, SnippetForm(initial=request.POST.dict()), [*rows, BLANK])
    form = SnippetForm(request.POST)
    try:
        if form.is_valid():
            version = actions.change_snippet(
                found, rows=rows, **form.cleaned_data, actor=request.user
            )
            messages.success(request, _("%(version)s is saved") % {"version": version})
            _propose(request, version)
            return back(request, reverse("prompts:snippet", args=[pk]))
    except Invalid as error:
        form.take(error)
    return _page(request, found, form, rows or [BLANK], 422)


@require_POST
@login_required
def propose_snippet(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest version to every prompt that has no draft for it yet; again after a failure."""
    _propose(request, newest_version(snippet_for(request.user, pk)))
    return back(request, reverse("prompts:snippet", args=[pk]))


def _propose(request: HttpRequest, version: SnippetVersion) -> None:
    """Prompt by prompt: one that fails holds up no other, and keeps its “Try again”."""
    made, failed = 0, []
    for prompt in list(waiting(version, request.user))[:MOST]:
        try:
            made += actions.propose_snippet(version, prompt=prompt, actor=request.user) is not None
        except Exception:
            log.exception("proposing %s to %s failed", version.pk, prompt.pk)
            failed.append(str(prompt))
    if made:
        words = ngettext("A draft is proposed in %(n)s prompt", "Drafts are proposed in %(n)s "
                         "prompts", made)  # fmt: skip
        messages.success(request, words % {"n": made})
    if failed:
        sentence = _("No draft could be made in %(names)s. Look at it there, then try again.")
        messages.error(request, sentence % {"names": listing(failed)})


@require_POST
@login_required
def pin_snippet(request: HttpRequest, path: str) -> HttpResponse:
    draft = draft_for(request, prompt_for(request.user, path))
    found = snippet_for(request.user, whole(request.POST.get("snippet"), LARGEST_NUMBER) or 0)
    after = key_of(request.POST.get("after", ""))
    block = actions.pin_snippet(draft, snippet=found, after=after, actor=request.user)
    return came(request, block, _("Snippet inserted"))


@require_POST
@login_required
def share_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    """A snippet of the prompt's namespace, called `name`."""
    block = block_for(request, path, key)
    name = request.POST.get("name", "")
    place = block.draft.prompt.namespace
    try:
        made = actions.share_block(block, namespace=place, name=name, actor=request.user)
    except Invalid as error:
        context = {"key": block.key, "prompt": block.draft.prompt, "draft": block.draft}
        context |= {"typed": name, "errors": [text for s in error.errors.values() for text in s]}
        return render(request, "prompts/share_form.html", context, status=422)
    words = _("“%(name)s” is a snippet of %(path)s now") % {"name": made, "path": place.path}
    return blocks_answer(request, block.draft, toast=Toast(words))


@require_POST
@login_required
def update_pin(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    actions.update_pin(block, actor=request.user)
    return blocks_answer(request, block.draft)


@require_POST
@login_required
def detach_block(request: HttpRequest, path: str, key: uuid.UUID) -> HttpResponse:
    block = block_for(request, path, key)
    actions.detach_block(block, actor=request.user)
    return blocks_answer(request, block.draft)
