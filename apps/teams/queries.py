from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.teams import rights
from apps.teams.models import Capability, Namespace


def root_namespace() -> Namespace:
    """The namespace with the empty path: it always exists (a migration makes it)."""
    return Namespace.objects.get(path="")


def visible_namespaces(actor: Any) -> QuerySet[Namespace]:
    """The namespaces that an actor may see: those given to them and all below."""
    ids = rights.granted_ids(actor, Capability.VIEW)
    return Namespace.objects.filter(lineage__overlap=ids)


def namespace_for(actor: Any, path: str) -> Namespace:
    """The namespace at a path, or 404 when there is none that the actor may see."""
    namespace = visible_namespaces(actor).filter(path=path).first()
    if namespace is None:
        require(not_visible())
    assert namespace is not None
    return namespace
