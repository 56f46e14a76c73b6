"""The links of letters: fewer letters in one click, without signing in, and nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.notifications import actions, tokens
from apps.notifications.levels import MUTE


@csrf_exempt  # RFC 8058: the mail program posts it; the signed address is the right to do so
@never_cache
@require_http_methods(["GET", "POST"])
def mute_by_letter(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, for programs open links; only the POST mutes."""
    wish = tokens.read(token)
    if wish is None:
        return render(request, "notifications/mute.html", {"wish": None}, status=404)
    is_done = request.method == "POST"
    if is_done and wish.prompt is not None:
        actions.follow_prompt(wish.prompt, level=MUTE, actor=wish.person)
    elif is_done:
        actions.stop_mail(wish.kinds, actor=wish.person)
    context = {"wish": wish, "is_done": is_done, **_words(wish)}
    return render(request, "notifications/mute.html", context)


def _words(wish: tokens.Wish) -> dict[str, str]:
    if wish.prompt is not None:
        name = {"prompt": wish.prompt}
        return {
            "question": _("Mute %(prompt)s?") % name,
            "button": _("Mute it"),
            "what": _("%(prompt)s is muted: nothing from there comes to you.") % name,
        }
    return {
        "question": _("Stop these letters?"),
        "button": _("Stop them"),
        "what": _("No more e-mail of this kind comes to you. Your inbox in Galley goes on."),
    }
