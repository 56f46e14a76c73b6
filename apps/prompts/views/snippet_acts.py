"""A snippet from nothing, into the archive, and out of it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Invalid
from apps.core.forms import ReasonForm
from apps.prompts import actions
from apps.prompts.queries.snippets import pins_of, snippet_for
from apps.prompts.snippet_forms import BLANK, NewSnippetForm, Rows, typed_rows


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def create_snippet(request: HttpRequest) -> HttpResponse:
    """The form, and what was typed into it; `act=add` asks for another empty example."""
    if request.method != "POST":
        first = {"namespace": request.GET.get("in", ""), "type": "instructions"}
        return _new(request, NewSnippetForm(actor=request.user, initial=first), [BLANK])
    rows = typed_rows(request.POST)
    if "act" in request.POST:
        typed = NewSnippetForm(initial=request.POST.dict(), actor=request.user)
        return _new(request, typed, [*rows, BLANK])
    form = NewSnippetForm(request.POST, actor=request.user)
    try:
        if form.is_valid():
            made = actions.create_snippet(rows=rows, **form.cleaned_data, actor=request.user)
            messages.success(request, _("The snippet “%(name)s” is made") % {"name": made})
            return redirect("prompts:snippet", made.pk)
    except Invalid as error:
        form.take(error)
    return _new(request, form, rows or [BLANK], 422)


def _new(request: HttpRequest, form: NewSnippetForm, rows: Rows, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "rows": rows}
    return render(request, "prompts/snippet_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def archive_snippet(request: HttpRequest, pk: int) -> HttpResponse:
    """What that means where it is used is said before."""
    found = snippet_for(request.user, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.archive_snippet(found, **form.cleaned_data, actor=request.user)
        messages.success(request, _("“%(name)s” is archived") % {"name": found})
        return redirect("prompts:snippet", pk)
    used = pins_of(found).values("draft__prompt").order_by().distinct().count()
    context = {"snippet": found, "form": form, "used": used}
    status = 422 if form.is_bound else 200
    return render(request, "prompts/snippet_archive.html", context, status=status)


@require_POST
@login_required
def restore_snippet(request: HttpRequest, pk: int) -> HttpResponse:
    found = snippet_for(request.user, pk)
    actions.restore_snippet(found, actor=request.user)
    messages.success(request, _("“%(name)s” can be inserted again") % {"name": found})
    return redirect("prompts:snippet", pk)
