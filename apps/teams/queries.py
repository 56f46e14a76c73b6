from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.audit.queries import names_one_of
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.teams import rights
from apps.teams.models import (
    AccessRequest,
    Capability,
    Invitation,
    Membership,
    Namespace,
    Team,
    token_hash,
)
from apps.teams.roles import in_words


def root_namespace() -> Namespace:
    """The namespace with the empty path: it always exists (a migration makes it)."""
    return Namespace.objects.get(path="")


def visible_namespaces(actor: Any) -> QuerySet[Namespace]:
    """The namespaces that an actor may see: those given to them and all below."""
    ids = rights.granted_ids(actor, Capability.VIEW)
    return Namespace.objects.filter(lineage__overlap=ids)


def managed_namespaces(actor: Any) -> QuerySet[Namespace]:
    """The namespaces that an actor may both see and manage."""
    managed = rights.granted_ids(actor, Capability.MANAGE)
    return visible_namespaces(actor).filter(lineage__overlap=managed)


def namespace_for(actor: Any, path: str) -> Namespace:
    """The namespace at a path, or 404 when there is none that the actor may see."""
    rows = visible_namespaces(actor).filter(path=path)
    namespace = None if "\0" in path else rows.first()  # which the database would not take
    if namespace is None:
        require(not_visible())
    assert namespace is not None
    return namespace


def visible_entries(actor: Any) -> QuerySet[AuditEntry]:
    """Entries of namespaces that the actor may see; those of none for who manages everything."""
    visible = visible_namespaces(actor).values("pk")
    shown = Q(namespace_id__in=visible)
    shown |= names_one_of(ArraySubquery(visible))
    if actor.holds(Capability.MANAGE, root_namespace()):
        shown |= Q(namespace_id=None)
    return AuditEntry.objects.filter(shown)


def managed_entries(actor: Any) -> QuerySet[AuditEntry]:
    """Of the visible entries, those of namespaces that the actor manages, and those of none."""
    places = managed_namespaces(actor).values("pk")
    managed = Q(namespace_id__in=places)
    managed |= names_one_of(ArraySubquery(places))
    return visible_entries(actor).filter(managed | Q(namespace_id=None))


def teams() -> QuerySet[Team]:
    return Team.objects.annotate(
        size=Count("memberships", filter=Q(memberships__person__is_active=True))
    )


def members_of(team: Team) -> list[User]:
    return list(User.objects.filter(memberships__team=team).order_by("name", "pk"))


def teams_of(people: Iterable[User]) -> dict[int, list[str]]:
    """Names of teams by person id. One query."""
    rows = Membership.objects.filter(person__in=list(people)).order_by("team__name")
    found: dict[int, list[str]] = {}
    for person, team in rows.values_list("person_id", "team__name"):
        found.setdefault(person, []).append(team)
    return found


def open_invitations(actor: Any) -> QuerySet[Invitation]:
    """Invitations that wait for an answer: all for who manages everything, else onto own places."""
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    waiting = waiting.select_related("team", "namespace", "invited_by")
    if actor.holds(Capability.MANAGE, root_namespace()):
        return waiting
    return waiting.filter(team=None, namespace__in=managed_namespaces(actor))


def invitation_of(token: str) -> Invitation | None:
    """The invitation whose link has this token, whatever became of it."""
    related = Invitation.objects.select_related("team", "namespace", "invited_by")
    return related.filter(token_hash=token_hash(token)).first()


def role_in_words(person: User) -> str:
    """The role that a person has, in the widest place they have one: "Author in support"."""
    places: dict[str, set[str]] = {}
    for grant in rights.grants_of(person):
        places.setdefault(grant.namespace_path, set()).add(grant.capability)
    if not places:
        return in_words(())
    path, held = max(places.items(), key=lambda place: (len(place[1]), -len(place[0])))
    return f"{in_words(held)} in {path}" if path else in_words(held)


def open_access_requests(actor: Any) -> QuerySet[AccessRequest]:
    """Requests that wait for an answer of this actor, the oldest first."""
    rows = AccessRequest.objects.filter(decided_at=None, namespace__in=managed_namespaces(actor))
    return rows.select_related("person", "namespace").order_by("created_at")


def access_request_for(actor: Any, pk: int) -> AccessRequest:
    """A request on a namespace that the actor may see, or 404."""
    rows = AccessRequest.objects.filter(namespace__in=visible_namespaces(actor))
    found = rows.select_related("person", "namespace", "decided_by").filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def last_request(person: User, namespace: Namespace, capability: str) -> AccessRequest | None:
    """What the person asked last for this, whatever became of it."""
    rows = person.access_requests.filter(namespace=namespace, capability=capability)
    return rows.select_related("decided_by").first()
