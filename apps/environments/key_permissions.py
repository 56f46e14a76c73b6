from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.models import ApiKey, Environment
from apps.environments.states import KeyKind
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


def can_create_key(actor: Actor | None, namespaces: Sequence[Namespace]) -> Verdict:
    """`manage` on every namespace that the key will read."""
    for namespace in namespaces:
        verdict = can(actor, Capability.MANAGE, namespace)
        if not verdict:
            return verdict
    return ALLOW


def can_see_key(actor: Actor | None, key: ApiKey) -> Verdict:
    """`manage` on one of its namespaces: who may stop a key must be able to find it."""
    verdicts = [can(actor, Capability.MANAGE, place) for place in key.namespaces.all()]
    refused = sorted((v for v in verdicts if not v), key=lambda v: v.code == "not_found")
    return ALLOW if any(verdicts) or not refused else refused[0]


def can_rotate_key(actor: Actor | None, key: ApiKey) -> Verdict:
    """As for making one; and only one successor at a time."""
    verdict = can_see_key(actor, key) and can_create_key(actor, list(key.namespaces.all()))
    if verdict and key.revoked_at is not None:
        return not_possible("key_revoked", _("This key was revoked. Make a new one instead."))
    successor = key.successors.filter(revoked_at=None).first() if verdict else None
    if successor is not None:
        words = _("This key has a successor already, made on %(day)s. Revoke that one first.")
        return not_possible("key_rotated", words % {"day": successor.created_at.date()})
    return verdict


def may_own_key(
    owner: User, kind: str, environment: Environment, namespaces: Sequence[Namespace]
) -> bool:
    """Whether the key could do anything: it never does more than its owner may."""
    needed = {
        KeyKind.WRITE: Capability.EDIT,
        KeyKind.RELEASE: environment.right_to_release,
    }.get(KeyKind(kind))
    return needed is None or all(owner.holds(needed, place) for place in namespaces)


def can_revoke_key(actor: Actor | None, key: ApiKey) -> Verdict:
    verdict = can_see_key(actor, key)
    if verdict and key.revoked_at is not None:
        return not_possible("key_revoked", _("This key was revoked already. It opens nothing."))
    return verdict
