from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.actors import Actor, person_behind
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.environments.key_events import KEY_CREATED, KEY_REVOKED, KEY_ROTATED
from apps.environments.key_permissions import (
    can_create_key,
    can_revoke_key,
    can_rotate_key,
    may_own_key,
)
from apps.environments.keys import make_key
from apps.environments.models import ApiKey, Environment
from apps.environments.states import KeyKind
from apps.teams.models import Namespace

MAX_DAYS = 365
MAX_OVERLAP = 30
MAX_REASON = 2000


@governed
def create_key(
    environment: Environment,
    *,
    name: str,
    kind: str,
    namespaces: Iterable[Namespace],
    expires_in_days: int = 90,
    owner: User,
    replaces: ApiKey | None = None,
    actor: Actor,
) -> tuple[ApiKey, str]:
    """Make a key; return it and its text, which is kept nowhere and can never be shown again.

    It acts for `owner`; whoever makes it has seen it, so what it edits counts as theirs too.
    """
    places = sorted(set(namespaces), key=lambda place: place.path)
    _check(name, kind, places, expires_in_days, owner)
    denied = _denied(KEY_CREATED, environment, environment, places)
    require(can_create_key(actor, places), denied)
    _check_owner(owner, kind, environment, places)
    new = make_key(environment.name, kind)
    key = ApiKey.objects.create(
        name=name.strip(),
        kind=kind,
        environment=environment,
        owner=owner,
        made_by=person_behind(actor),
        replaces=replaces,
        selector=new.selector,
        secret_hash=new.secret_hash,
        expires_at=database_now() + timedelta(days=expires_in_days),
    )
    key.namespaces.set(places)
    touch("key", key.pk)
    made = (key, new.text)
    record(
        KEY_CREATED,
        actor=actor,
        target=key,
        after={"kind": kind, "owner": owner.pk, "expires_at": key.expires_at.isoformat()},
        namespace=places[0],
        environment=environment.name,
        namespaces=[place.pk for place in places],
    )
    return made


@governed
def rotate_key(
    key: ApiKey, *, overlap_days: int = 7, expires_in_days: int = 90, actor: Actor
) -> tuple[ApiKey, str]:
    """Make the successor of a key, with the same scope and owner; return it and its text. The old
    one works on for `overlap_days` (0: it stops at once), never longer than it would have."""
    key = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    environment, places = key.environment, list(key.namespaces.order_by("path"))
    require(can_rotate_key(actor, key), _denied(KEY_ROTATED, key, environment, places))
    if not 0 <= overlap_days <= MAX_OVERLAP:
        words = _("The old key can work on for 0 to %(most)s days.") % {"most": MAX_OVERLAP}
        raise Invalid({"overlap_days": [words]})
    successor, text = create_key(
        environment,
        name=key.name,
        kind=key.kind,
        namespaces=places,
        expires_in_days=expires_in_days,
        owner=key.owner if key.owner.is_active else person_behind(actor),
        replaces=key,
        actor=actor,
    )
    before = key.expires_at
    key.expires_at = min(before, database_now() + timedelta(days=overlap_days))
    key.save(update_fields=["expires_at"])
    touch("key", key.pk)
    made = (successor, text)
    record(
        KEY_ROTATED,
        actor=actor,
        target=key,
        before={"expires_at": before.isoformat()},
        after={"expires_at": key.expires_at.isoformat()},
        namespace=places[0],
        environment=environment.name,
        namespaces=[place.pk for place in places],
        successor=successor.pk,
    )
    return made


@governed
def revoke_key(key: ApiKey, *, reason: str, actor: Actor) -> ApiKey:
    """Stop a key for ever. Whatever uses it is refused within a second."""
    key = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
    environment, places = key.environment, list(key.namespaces.order_by("path"))
    require(can_revoke_key(actor, key), _denied(KEY_REVOKED, key, environment, places))
    reason = _reason(reason)
    key.revoked_at = database_now()
    key.save(update_fields=["revoked_at"])
    touch("key", key.pk)
    record(
        KEY_REVOKED,
        actor=actor,
        target=key,
        reason=reason,
        before={"revoked": False},
        after={"revoked": True},
        namespace=places[0],
        environment=environment.name,
        namespaces=[place.pk for place in places],
    )
    return key


@working
def note_key_use(keys: Collection[int], *, at: datetime) -> int:
    """Write down that keys were used, to the minute; return how many rows said something older."""
    minute = at.replace(second=0, microsecond=0)
    rows = ApiKey.objects.filter(pk__in=keys)
    older = rows.filter(Q(last_used_at=None) | Q(last_used_at__lt=minute))
    return older.update(last_used_at=minute)


# A process may remember a key that is unknown to a database which was put back: it is left out.
_NOTE = """
INSERT INTO environments_keyuse (key_id, prompt_id, first_used_at, last_used_at)
SELECT key, prompt, %(minute)s, %(minute)s
  FROM unnest(%(keys)s::bigint[], %(prompts)s::bigint[]) AS fetched (key, prompt)
  JOIN environments_apikey known_key ON known_key.id = key
  JOIN prompts_prompt known_prompt ON known_prompt.id = prompt
 ORDER BY key, prompt
ON CONFLICT (key_id, prompt_id) DO UPDATE SET last_used_at = excluded.last_used_at
 WHERE environments_keyuse.last_used_at < excluded.last_used_at
"""


@working
def note_fetches(fetched: Collection[tuple[int, int]], *, at: datetime) -> None:
    """Write down that keys fetched prompts, to the minute: (key, prompt), in this minute. One
    statement: a process may have served ten thousand prompts in it."""
    rows = sorted(fetched)
    minute = at.replace(second=0, microsecond=0)
    keys, prompts = [key for key, _ in rows], [prompt for _, prompt in rows]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {"minute": minute, "keys": keys, "prompts": prompts})


def _denied(
    event: str, target: Environment | ApiKey, environment: Environment, places: Sequence[Namespace]
) -> dict[str, object] | None:
    """Refusals on a protected environment are written down, where those who manage it read."""
    if not environment.protected:
        return None
    return {
        "event": event,
        "target": target,
        "namespace": places[0],
        "environment": environment.name,
        "data": {"namespaces": [place.pk for place in places]},
    }


def _check(name: str, kind: str, places: Collection[Namespace], days: int, owner: User) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(name.strip()) <= 80 or not name.isprintable():
        errors["name"] = [_("Give the key a name of 1 to 80 characters, in one line.")]
    if kind not in KeyKind.values:
        errors["kind"] = [_("Choose one of: %(kinds)s.") % {"kinds": ", ".join(KeyKind.values)}]
    if not places:
        errors["namespaces"] = [_("Choose at least one namespace that the key may read.")]
    if not 1 <= days <= MAX_DAYS:
        errors["expires_in_days"] = [_("A key lasts 1 to %(most)s days.") % {"most": MAX_DAYS}]
    if not owner.is_active:
        errors["owner"] = [_("The owner of a key must be an active person.")]
    if errors:
        raise Invalid(errors)


def _check_owner(
    owner: User, kind: str, environment: Environment, places: Sequence[Namespace]
) -> None:
    if not may_own_key(owner, kind, environment, places):
        words = _("%(owner)s may not do there what this key is for. Choose an owner who may.")
        raise Invalid({"owner": [words % {"owner": owner}]})


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > MAX_REASON:
        raise Invalid({"reason": [_("Say in a few words why this key is revoked.")]})
    return text
