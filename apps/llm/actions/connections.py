"""Providers of models: connected, changed, retired, and their keys encrypted anew."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.llm import events
from apps.llm.addresses import RefusedAddress, check_url
from apps.llm.models import Connection
from apps.llm.permissions import can_manage_models, can_rotate_secrets, can_use_connection
from apps.llm.questions import BASE_URLS
from apps.llm.secrets import Unreadable, keys
from apps.llm.states import STANDING, ConnectionKind, Standing
from apps.teams.queries import root_namespace

MOST_PARALLEL = 256
MOST_SECONDS = 600
MAX_SECRET = 2000


@dataclass(frozen=True)
class Terms:
    """What a connection is, but for its secret."""

    name: str
    kind: str
    base_url: str = ""
    allow_private: bool = False
    max_parallel: int = 8
    timeout_s: int = 60


@governed
def make_connection(terms: Terms, *, secret: str = "", actor: Any) -> Connection:
    """Connect a provider. Its secret is encrypted and never shown again."""
    require(can_manage_models(actor))
    _check(terms, secret)
    _require_free(terms.name.strip())
    connection = Connection()
    _take(connection, terms)
    _keep_secret(connection, secret)
    connection.save()
    record(
        events.CONNECTION_MADE, actor=actor, target=connection,
        after=_said(connection), secret=bool(secret),
    )  # fmt: skip
    return connection


@governed
def change_connection(
    connection: Connection, *, terms: Terms, secret: str | None = None, actor: Any
) -> Connection:
    """Change a connection; `secret` None keeps its key, "" takes it away."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    require(can_use_connection(actor, connection))
    _check(terms, secret or "")
    _require_free(terms.name.strip(), connection)
    _require_key_for(connection, terms, secret)
    before = _said(connection)
    _take(connection, terms)
    if secret is not None:
        _keep_secret(connection, secret)
    connection.save()
    record(
        events.CONNECTION_CHANGED, actor=actor, target=connection,
        before=before, after=_said(connection), secret=secret is not None,
    )  # fmt: skip
    return connection


@governed
def retire_connection(connection: Connection, *, reason: str = "", actor: Any) -> Connection:
    """Its models are asked no more. What was asked before stays as it is."""
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    require(can_manage_models(actor))
    move(connection, "state", Standing.RETIRED, STANDING)
    record(events.CONNECTION_RETIRED, actor=actor, target=connection, reason=reason)
    return connection


@governed
def restore_connection(connection: Connection, *, actor: Any) -> Connection:
    connection = Connection.objects.select_for_update().get(pk=connection.pk)
    require(can_manage_models(actor))
    move(connection, "state", Standing.ACTIVE, STANDING)
    record(events.CONNECTION_RESTORED, actor=actor, target=connection)
    return connection


@governed
def rotate_secrets(*, forget: bool = False, actor: Any) -> int:
    """Encrypt every secret with a new key; return how many. `forget`: older keys are dropped."""
    require(can_rotate_secrets(actor))
    ring = keys()
    ring.rotate()
    count = 0
    for connection in Connection.objects.select_for_update().exclude(secret=b""):
        _keep_secret(connection, _readable(connection))
        connection.save(update_fields=["secret", "secret_key_id"])
        count += 1
    if forget:
        ring.forget()
    record(events.SECRETS_ROTATED, actor=actor, target=root_namespace(), connections=count)
    return count


def _readable(connection: Connection) -> str:
    try:
        return keys().decrypt(connection.secret)
    except Unreadable:
        words = _("The key of %(name)s cannot be read: enter it again, or retire the connection.")
        raise Invalid(words % {"name": connection}) from None


def _take(connection: Connection, terms: Terms) -> None:
    for field in fields(terms):
        setattr(connection, field.name, getattr(terms, field.name))
    connection.name = terms.name.strip()
    connection.base_url = terms.base_url.strip().rstrip("/")


def _keep_secret(connection: Connection, secret: str) -> None:
    connection.secret, connection.secret_key_id = keys().encrypt(secret) if secret else (b"", "")
    connection.secret_last4 = secret[-4:] if len(secret) >= 12 else ""


def _said(connection: Connection) -> dict[str, Any]:
    return {field.name: getattr(connection, field.name) for field in fields(Terms)}


def _require_free(name: str, own: Connection | None = None) -> None:
    others = Connection.objects.filter(name=name).exclude(pk=own.pk if own else 0)
    if others.exists():
        raise Invalid({"name": [_("Another connection has this name. Choose another one.")]})


def _require_key_for(connection: Connection, terms: Terms, secret: str | None) -> None:
    """A kept key is sent only to where it was entered for: a new address asks for it again."""
    moved = terms.base_url.strip().rstrip("/") != connection.base_url
    if connection.secret and secret is None and (moved or terms.kind != connection.kind):
        words = _("The address changed: enter the key again, so that it goes where you mean it to.")
        raise Invalid({"secret": [words]})


def _check(terms: Terms, secret: str) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(terms.name.strip()) <= 80 or not terms.name.isprintable():
        errors["name"] = [_("Give the connection a name of 1 to 80 characters, in one line.")]
    if terms.kind not in ConnectionKind.values:
        errors["kind"] = [_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(ConnectionKind)}]
    if not 1 <= terms.max_parallel <= MOST_PARALLEL:
        errors["max_parallel"] = [_("Between 1 and %(most)s calls.") % {"most": MOST_PARALLEL}]
    if not 1 <= terms.timeout_s <= MOST_SECONDS:
        errors["timeout_s"] = [_("Between 1 and %(most)s seconds.") % {"most": MOST_SECONDS}]
    if (
        len(secret) > MAX_SECRET
        or not secret.isascii()
        or not secret.isprintable()
        or " " in secret
    ):
        errors["secret"] = [_("A key is one line of plain letters, without spaces.")]
    if sentence := _refused(terms):
        errors["base_url"] = [sentence]
    if errors:
        raise Invalid(errors)


def _refused(terms: Terms) -> str:
    """Why the address is not taken; what its name leads to is judged at each connection."""
    if len(terms.base_url) > 300:
        return _("At most 300 characters.")
    address = terms.base_url.strip() or BASE_URLS.get(terms.kind, "")
    try:
        check_url(address, allow_private=terms.allow_private)
    except RefusedAddress as refusal:
        return refusal.sentence
    return ""
