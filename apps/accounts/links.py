"""Links that sign somebody in with one click: for the demo's people, and for the first admin.

A link works only on the machine itself: the peer and the Host are loopback and no proxy stands
between. Its token is derived from a secret that lies in the data folder and is made once.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.queries import demo_people
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_visible
from config.data_folder import keep_secret

FORWARDING = ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP")
HOSTS = {"localhost", "127.0.0.1", "::1"}


def token_for(purpose: str) -> str:
    """The token of one person's link ("person:12") or of another purpose."""
    secret = keep_secret(settings.DATA, "sign-in-links", lambda: secrets.token_urlsafe(48))
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def fits(token: str, purpose: str) -> bool:
    return hmac.compare_digest(token.encode(), token_for(purpose).encode())


def sign_in_path(person: User) -> str:
    return reverse("accounts:sign_in_link", args=[person.pk, token_for(f"person:{person.pk}")])


def can_use_links(request: HttpRequest) -> Verdict:
    """Loopback peer, loopback Host, and nothing that says that somebody else forwarded this."""
    forwarded = [
        name for name in request.META if name.startswith("HTTP_X_FORWARDED") or name in FORWARDING
    ]
    host = urlsplit(f"//{request.get_host()}").hostname
    if not forwarded and _is_loopback(request.META.get("REMOTE_ADDR", "")) and host in HOSTS:
        return ALLOW
    words = _("This link works only on the machine that Galley runs on, without a proxy.")
    return not_allowed("not_local", words)


def demo_person(pk: int, token: str) -> User | None:
    """The demo's person whose link this is."""
    if not fits(token, f"person:{pk}"):
        return None
    return demo_people().filter(pk=pk).first()


def can_sign_in_by_link(request: HttpRequest, pk: int, token: str) -> Verdict:
    local = can_use_links(request)
    if not local:
        return local
    return ALLOW if demo_person(pk, token) else not_visible(_("This link does not work any more."))


def _is_loopback(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback
