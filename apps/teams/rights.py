"""The one place that reads guardian's rows. Everything else asks `permissions.can()`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

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


# Who holds what where: active people, by what was given to them or to a team they are in. This is
# the one place that says so. Written out, for composing it anew takes longer than its answer.
_GIVEN = """(
  SELECT own.user_id AS person, right_.codename AS capability,
         own.content_object_id AS place, NULL::integer AS through
    FROM teams_namespaceuserobjectpermission own
    JOIN auth_permission right_ ON right_.id = own.permission_id
    JOIN accounts_user who ON who.id = own.user_id
   WHERE who.is_active
   UNION ALL
  SELECT member.user_id, right_.codename, shared.content_object_id, shared.group_id
    FROM teams_namespacegroupobjectpermission shared
    JOIN auth_permission right_ ON right_.id = shared.permission_id
    JOIN accounts_user_groups member ON member.group_id = shared.group_id
    JOIN accounts_user who ON who.id = member.user_id
   WHERE who.is_active
) given"""
_HOLDERS = f"SELECT DISTINCT person FROM {_GIVEN} WHERE capability = %s AND place = ANY(%s)"


def _asked(words: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return cursor.fetchall()


def grants_of(person: Any, lineage: Iterable[int] | None = None) -> list[Grant]:
    """What a person was given, directly or through teams; only on `lineage` if given. One query."""
    words = f"""
      SELECT capability, place, namespace.path, COALESCE(team.name, '')
        FROM {_GIVEN}
        JOIN teams_namespace namespace ON namespace.id = place
        LEFT JOIN teams_team team ON team.group_id = through
       WHERE person = %s"""
    if lineage is None:
        rows = _asked(words, person.pk)
    else:
        rows = _asked(f"{words} AND place = ANY(%s)", person.pk, list(lineage))
    return sorted((Grant(*row) for row in rows), key=lambda g: (g.namespace_path, g.team))


def holds(person: Any, capability: str, namespace: Namespace) -> bool:
    """Whether a person has a capability on a namespace or on one above it. Read anew each time, but
    on a page."""
    if is_reading():
        return not given(person).get(capability, set()).isdisjoint(namespace.lineage)
    there = f"FROM {_GIVEN} WHERE person = %s AND capability = %s AND place = ANY(%s)"
    words = f"SELECT EXISTS (SELECT 1 {there})"
    return bool(_asked(words, person.pk, capability, list(namespace.lineage))[0][0])


def granted_ids(actor: Any, capability: str) -> list[int]:
    """Ids of the namespaces on which an actor was given a capability (not those below them)."""
    if isinstance(actor, Bounded):
        return actor.narrowed(capability, _given)
    return _given(actor, capability)


def _given(person: Any, capability: str) -> list[int]:
    if is_reading():
        return list(given(person).get(capability, ()))
    words = f"SELECT DISTINCT place FROM {_GIVEN} WHERE person = %s AND capability = %s"
    return [row[0] for row in _asked(words, person.pk, capability)]


def given(person: Any) -> Mapping[str, set[int]]:
    """Capability → ids of the namespaces on which a person was given it. One query."""
    return once(("given", person.pk), lambda: _given_all(person))


def _given_all(person: Any) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = {}
    words = f"SELECT DISTINCT capability, place FROM {_GIVEN} WHERE person = %s"
    for capability, namespace_id in _asked(words, person.pk):
        found.setdefault(capability, set()).add(namespace_id)
    return found


def people_with(capability: str, namespace: Namespace) -> set[int]:
    """Ids of active people who hold a capability on a namespace, directly or through teams."""
    return {row[0] for row in _asked(_HOLDERS, capability, list(namespace.lineage))}


def names_with(capability: str, namespace: Namespace) -> list[str]:
    """Their names, in order."""
    names = f"SELECT name FROM accounts_user WHERE id IN ({_HOLDERS}) ORDER BY name"
    place = list(namespace.lineage)
    key = ("names", str(capability), *place)
    return once(key, lambda: [row[0] for row in _asked(names, capability, place)])


def given_to_people(lineage: Iterable[int]) -> list[tuple[int, str, int, str]]:
    """(person id, capability, namespace id, its path) of what people were given on a lineage."""
    words = f"""
      SELECT person, capability, place, namespace.path
        FROM {_GIVEN}
        JOIN teams_namespace namespace ON namespace.id = place
       WHERE through IS NULL AND place = ANY(%s)"""
    return _asked(words, list(lineage))


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
