"""The one place that reads guardian's rows. Everything else asks `permissions.can()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet, Value
from django.db.models.fields import CharField

from apps.core.actors import Bounded
from apps.core.page import is_reading, once
from apps.teams.models import (
    Capability,
    Namespace,
    NamespaceGroupObjectPermission,
    NamespaceUserObjectPermission,
    Team,
)


@dataclass(frozen=True)
class Grant:
    """One capability given on one namespace, to a person or to a team they are in."""

    capability: str
    namespace_id: int
    namespace_path: str
    team: str  # "" when given to the person


# Asked several times a page: written out, for composing it anew takes longer than its answer.
_OWN = """
  FROM teams_namespaceuserobjectpermission given
  JOIN auth_permission right_ ON right_.id = given.permission_id
  JOIN accounts_user person ON person.id = given.user_id
 WHERE"""
_THROUGH = """
  FROM teams_namespacegroupobjectpermission given
  JOIN auth_permission right_ ON right_.id = given.permission_id
  JOIN accounts_user_groups member ON member.group_id = given.group_id
  JOIN accounts_user person ON person.id = member.user_id
 WHERE"""
_GIVEN = "person.id = %s AND person.is_active AND right_.codename = %s"
_HELD = "content_object_id = ANY(%s) AND person.is_active AND right_.codename = %s"
_HOLDERS = f"SELECT person.id {_OWN} {_HELD} UNION SELECT person.id {_THROUGH} {_HELD}"


def _own(person_id: Any) -> QuerySet[Any, Any]:
    return NamespaceUserObjectPermission.objects.filter(user_id=person_id, user__is_active=True)


def _through_teams(person_id: Any) -> QuerySet[Any, Any]:
    return NamespaceGroupObjectPermission.objects.filter(
        group__user=person_id, group__user__is_active=True
    )


def grants_of(person: Any, lineage: Iterable[int] | None = None) -> list[Grant]:
    """What a person was given, directly or through teams; only on `lineage` if given. One query."""
    place = Q() if lineage is None else Q(content_object_id__in=list(lineage))
    columns = ("permission__codename", "content_object_id", "content_object__path")
    own = _own(person.pk).filter(place).annotate(team=Value("", CharField()))
    through = _through_teams(person.pk).filter(place).annotate(team=F("group__team__name"))
    rows = own.values_list(*columns, "team").union(through.values_list(*columns, "team"), all=True)
    return sorted((Grant(*row) for row in rows), key=lambda g: (g.namespace_path, g.team))


def holds(person: Any, capability: str, namespace: Namespace) -> bool:
    """Whether a person has a capability on a namespace or on one above it. Read anew each time, but
    on a page."""
    if is_reading():
        return not given(person).get(capability, set()).isdisjoint(namespace.lineage)
    there = f"content_object_id = ANY(%s) AND {_GIVEN}"
    own, through = f"SELECT 1 {_OWN} {there}", f"SELECT 1 {_THROUGH} {there}"
    asked = [list(namespace.lineage), person.pk, capability]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({own}) OR EXISTS ({through})", [*asked, *asked])
        return bool(cursor.fetchone()[0])


def granted_ids(actor: Any, capability: str) -> list[int]:
    """Ids of the namespaces on which an actor was given a capability (not those below them)."""
    if isinstance(actor, Bounded):
        return actor.narrowed(capability, _given)
    return _given(actor, capability)


def _given(person: Any, capability: str) -> list[int]:
    if is_reading():
        return list(given(person).get(capability, ()))
    own, through = (f"SELECT content_object_id {rows} {_GIVEN}" for rows in (_OWN, _THROUGH))
    asked = [person.pk, capability]
    with connection.cursor() as cursor:
        cursor.execute(f"{own} UNION {through}", [*asked, *asked])
        return [row[0] for row in cursor.fetchall()]


def given(person: Any) -> Mapping[str, set[int]]:
    """Capability → ids of the namespaces on which a person was given it. One query."""
    return once(("given", person.pk), lambda: _given_all(person))


def _given_all(person: Any) -> Mapping[str, set[int]]:
    own, through = (
        f"SELECT right_.codename, content_object_id {rows} person.id = %s AND person.is_active"
        for rows in (_OWN, _THROUGH)
    )
    found: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"{own} UNION {through}", [person.pk, person.pk])
        for capability, namespace_id in cursor.fetchall():
            found.setdefault(capability, set()).add(namespace_id)
    return found


def people_with(capability: str, namespace: Namespace) -> set[int]:
    """Ids of active people who hold a capability on a namespace, directly or through teams."""
    return set(_held(_HOLDERS, capability, namespace))


def names_with(capability: str, namespace: Namespace) -> list[str]:
    """Their names, in order."""
    names = f"SELECT name FROM accounts_user WHERE id IN ({_HOLDERS}) ORDER BY name"
    key = ("names", str(capability), *namespace.lineage)
    return once(key, lambda: _held(names, capability, namespace))


def _held(sql: str, capability: str, namespace: Namespace) -> list[Any]:
    place = list(namespace.lineage)
    with connection.cursor() as cursor:
        cursor.execute(sql, [place, capability, place, capability])
        return [row[0] for row in cursor.fetchall()]


def given_to_people(lineage: Iterable[int]) -> list[tuple[int, str, int, str]]:
    """(person id, capability, namespace id, its path) of what people were given on a lineage."""
    rows = NamespaceUserObjectPermission.objects.filter(
        content_object_id__in=list(lineage), user__is_active=True
    )
    columns = ("user_id", "permission__codename", "content_object_id", "content_object__path")
    return list(rows.values_list(*columns))


def given_to_teams(lineage: Iterable[int] | None = None) -> list[tuple[int, str, int, str]]:
    """(team id, capability, namespace id, its path) of what teams were given on a lineage."""
    rows = NamespaceGroupObjectPermission.objects.all()
    if lineage is not None:
        rows = rows.filter(content_object_id__in=list(lineage))
    columns = ("group__team__pk", "permission__codename", "content_object_id")
    return list(rows.values_list(*columns, "content_object__path"))


def rows_of(holder: Any, namespace: Namespace) -> QuerySet[Any]:
    """The guardian rows of what a person or a team was given on exactly this namespace."""
    if isinstance(holder, Team):
        return NamespaceGroupObjectPermission.objects.filter(
            content_object=namespace, group_id=holder.group_id
        )
    return NamespaceUserObjectPermission.objects.filter(content_object=namespace, user=holder)


def given_here(holder: Any, namespace: Namespace) -> set[str]:
    return set(rows_of(holder, namespace).values_list("permission__codename", flat=True))


def labels(capabilities: Iterable[str]) -> list[str]:
    """Names of capabilities for people, in the order of the matrix."""
    wanted = set(capabilities)
    return [str(capability.label) for capability in Capability if capability.value in wanted]
