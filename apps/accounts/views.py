from __future__ import annotations

import time

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.actions import change_profile
from apps.accounts.actions import set_theme as keep_theme
from apps.accounts.forms import ProfileForm
from apps.accounts.links import can_sign_in_by_link, demo_person
from apps.accounts.models import User
from apps.core.errors import Invalid, require
from apps.core.middleware import BY_LINK, SIGNED_IN_AT
from apps.core.navigation import back

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
THEME_COOKIE = "galley_theme"
YEAR = 365 * 24 * 3600


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    person: User = request.user  # type: ignore[assignment]
    form = ProfileForm(request.POST or None, initial=ProfileForm.values_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            change_profile(person, **form.cleaned_data)
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Your profile is saved."))
            return with_theme(redirect("accounts:profile"), person.theme)
    status = 422 if form.errors else 200
    return render(request, "accounts/profile.html", {"form": form}, status=status)


@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Also for who is not signed in: then the cookie alone keeps it."""
    theme = request.POST.get("theme", "")
    if theme not in User.Theme.values:
        raise Invalid({"theme": [_("Choose light, dark, or as the system.")]})
    if request.user.is_authenticated:
        keep_theme(request.user, theme=theme)
    is_fragment = request.headers.get("HX-Request") == "true"
    answer = HttpResponse(status=204) if is_fragment else back(request)
    return with_theme(answer, theme)


def with_theme(answer: HttpResponse, theme: str) -> HttpResponse:
    """The server writes the theme into the page from this cookie, so that nothing flashes."""
    if theme == User.Theme.SYSTEM:
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    else:
        answer.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax", httponly=True)
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_link(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """GET shows a page that posts by itself; only the POST signs in."""
    require(can_sign_in_by_link(request, pk, token))
    person = demo_person(pk, token)
    if request.method == "GET":
        return render(request, "accounts/sign_in_link.html", {"person": person})
    assert person is not None
    login(request, person, backend=BACKEND)
    request.session[BY_LINK] = True
    request.session[SIGNED_IN_AT] = time.time()
    return with_theme(redirect("/"), person.theme)


@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    """Addresses of the sign-in package that Galley does not offer lead to one's profile."""
    return redirect("accounts:profile")
