from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.environments.key_actor import KeyActor
from apps.environments.models import ApiKey
from apps.teams.models import Capability, Namespace
from apps.teams.queries import visible_namespaces
from apps.teams.rights import granted_ids


def keys_for(actor: Any) -> QuerySet[ApiKey]:
    """The keys of the namespaces that an actor manages, newest first, with all a list shows.

    Each has `places`, those of its namespaces that the actor may see, and `hidden`, the number of
    the others.
    """
    places = Namespace.objects.filter(lineage__overlap=granted_ids(actor, Capability.MANAGE))
    through = ApiKey.namespaces.through.objects.filter(namespace__in=places)
    keys = ApiKey.objects.filter(pk__in=through.values("apikey_id"))
    seen = visible_namespaces(actor).order_by("path")
    unseen = ~Q(namespaces__in=seen.order_by())
    return (
        keys.annotate(hidden=Count("namespaces", filter=unseen))
        .select_related("environment", "owner", "replaces")
        .annotate(replaced=Exists(ApiKey.objects.filter(replaces=OuterRef("pk"), revoked_at=None)))
        .prefetch_related(Prefetch("namespaces", queryset=seen, to_attr="places"))
        .order_by("-created_at", "-pk")  # a query that counts forgets the order of its model
    )


def key_for(actor: Any, pk: int) -> ApiKey:
    """One key, or 404 when the actor manages none of its namespaces."""
    key = keys_for(actor).filter(pk=pk).first()
    if key is None:
        require(not_visible())
    assert key is not None
    return key


def acting_key(pk: int) -> KeyActor | None:
    """A key as it may act right now; None when it is revoked, expired, or its owner has left."""
    rows = ApiKey.objects.select_related("environment", "owner", "made_by")
    key = rows.prefetch_related("namespaces").filter(pk=pk).first()
    actor = KeyActor(key) if key else None
    return actor if actor and actor.is_alive else None


def keys_of(pks: Iterable[int] | None = None) -> QuerySet[ApiKey]:
    """Keys as the delivery needs them: all, or those named. For the system, not for people."""
    rows = ApiKey.objects.select_related("environment").prefetch_related("namespaces")
    return rows if pks is None else rows.filter(pk__in=list(pks))
