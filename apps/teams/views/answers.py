"""The one shape of this app's form pages: what is asked, what was typed, where one goes then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.accounts.models import User
from apps.core.errors import Invalid
from apps.core.forms import GalleyForm
from apps.core.navigation import back


def actor_of(request: HttpRequest) -> User:
    """The signed-in person; views here are behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user


def form_page(
    request: HttpRequest,
    form: GalleyForm,
    *,
    title: str,
    submit: str,
    default: str,
    intro: str = "",
) -> HttpResponse:
    """A form alone on a page, with everything that was typed; 422 when it could not be taken."""
    context = {
        "form": form,
        "title": title,
        "intro": intro,
        "submit": submit,
        "next": request.POST.get("next") or request.GET.get("next") or default,
        "default": default,
    }
    status = 422 if form.errors else 200
    return render(request, "teams/form.html", context, status=status)


def submitted(
    request: HttpRequest, form: GalleyForm, act: Callable[[dict[str, Any]], str], default: str
) -> HttpResponse | None:
    """Act on a valid POST, say `act`'s sentence on the next page; None when the page is to show."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        sentence = act(form.cleaned_data)
    except Invalid as error:
        form.take(error)
        return None
    messages.success(request, sentence)
    return back(request, default)
