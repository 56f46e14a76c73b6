"""Reading the trail: filters, pages by number, lines for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, Q, QuerySet, Value

from apps.audit import sentences
from apps.audit.chain import Walk, walk
from apps.audit.models import AuditEntry, AuditLabel, ChainCheck
from apps.audit.proof import walked_fields
from apps.audit.registry import events
from apps.audit.sentences import Part

RECENT = 2000  # filters offer whom and what the newest entries name
PAGE = 50


@dataclass(frozen=True)
class Name:
    """A name of then, drawn like a person, a key or the system."""

    label: str
    kind: str


@dataclass(frozen=True)
class Line:
    """One entry for people. `differences` are (what, before, after); `denied`: it was refused."""

    entry: AuditEntry
    actor: Name
    parts: list[Part]
    differences: list[tuple[str, str, str]]

    @property
    def denied(self) -> bool:
        return self.entry.outcome == "denied"

    @property
    def sentence(self) -> str:
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True)
class Filters:
    """What to keep; empty fields keep everything. `actor` and `target` are "kind:id"."""

    actor: str = ""
    groups: tuple[str, ...] = ()
    target: str = ""
    environment: str = ""
    namespaces: tuple[int, ...] | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def names_one_of(ids: Any) -> Q:
    """Entries about several namespaces at once (a key that reads two): in the trail of each of
    them. `ids`: an array of numbers, as an expression."""
    several = [event.code for event in events() if "namespaces" in event.keys]
    wanted = Func(ids, template="jsonb_build_object('ids', to_jsonb(%(expressions)s::bigint[]))")
    any_of = Func(
        F("data"), wanted, template="jsonb_path_exists(%(expressions)s)",
        arg_joiner=", '$.namespaces[*] ? (@ == $ids[*])'::jsonpath, ",
        output_field=BooleanField(),
    )  # fmt: skip
    return Q(any_of, event__in=several)


def filtered(entries: QuerySet[AuditEntry], wanted: Filters) -> QuerySet[AuditEntry]:
    keep = Q()
    if wanted.actor:
        kind, _, ident = wanted.actor.partition(":")
        keep &= Q(actor_kind=kind, actor_id=ident)
    if wanted.target:
        kind, _, ident = wanted.target.partition(":")
        keep &= Q(target_kind=kind, target_id=ident)
    if wanted.groups:
        one_of = Q()
        for group in wanted.groups:
            one_of |= Q(event__startswith=f"{group}.")
        keep &= one_of
    if wanted.environment:
        keep &= Q(environment=wanted.environment)
    if wanted.namespaces is not None:
        ids = Value(list(wanted.namespaces), ArrayField(BigIntegerField()))
        keep &= Q(namespace_id__in=wanted.namespaces) | names_one_of(ids)
    if wanted.since:
        keep &= Q(at__gte=wanted.since)
    if wanted.until:
        keep &= Q(at__lt=wanted.until)
    return entries.filter(keep)


def newest(
    entries: QuerySet[AuditEntry], before: int | None = None, size: int = PAGE
) -> tuple[list[Line], int | None]:
    """The newest lines below number `before`, and the number to ask for the older ones with."""
    if before is not None:
        entries = entries.filter(seq__lt=before)
    found = list(entries.order_by("-seq").prefetch_related("labels")[: size + 1])
    shown = found[:size]
    return lines(shown), shown[-1].seq if len(found) > size else None


def lines(entries: Iterable[AuditEntry]) -> list[Line]:
    """`entries` come with their labels fetched."""
    return [_line(entry) for entry in entries]


def _line(entry: AuditEntry) -> Line:
    labels = {label.role: label.label for label in entry.labels.all()}
    actor = Name(labels.get("actor", sentences.name_of(entry, "actor", labels)), entry.actor_kind)
    return Line(entry, actor, sentences.parts(entry, labels), sentences.differences(entry))


def recent_actors(entries: QuerySet[AuditEntry]) -> list[tuple[str, str]]:
    """("kind:id", name) of those who act in the newest entries, by name."""
    recent = entries.order_by("-seq").values("seq")[:RECENT]
    labels = AuditLabel.objects.filter(entry_id__in=recent, role=AuditLabel.Role.ACTOR)
    rows = labels.order_by("subject_kind", "subject_id", "-entry_id").distinct(
        "subject_kind", "subject_id"
    )
    names = [(f"{label.subject_kind}:{label.subject_id}", label.label) for label in rows]
    return sorted(names, key=lambda name: name[1].casefold())


def recent_environments(entries: QuerySet[AuditEntry]) -> list[str]:
    recent = entries.order_by("-seq").values_list("environment", flat=True)[:RECENT]
    return sorted({name for name in recent if name})


def recent_groups(entries: QuerySet[AuditEntry]) -> list[str]:
    """Codes of the apps whose events the newest entries have."""
    recent = entries.order_by("-seq").values_list("event", flat=True)[:RECENT]
    return sorted({code.split(".", 1)[0] for code in recent})


def last_check() -> ChainCheck | None:
    return ChainCheck.objects.order_by("-pk").first()


def walk_chain() -> Walk:
    """Check every entry of the database, in order."""
    return walk(walked_fields(AuditEntry.objects.all()))
