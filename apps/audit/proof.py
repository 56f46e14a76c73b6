"""Entries as the fields that are hashed: for the walk over the database and for the export."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from apps.audit.chain import HASHED_FIELDS, LABELLED
from apps.audit.models import AuditEntry, AuditLabel
from apps.audit.trail import instant

CHUNK = 1000


def chunks(entries: QuerySet[AuditEntry], size: int = CHUNK) -> Iterator[list[AuditEntry]]:
    """Entries in order of `seq`, up to the last one at the start of the walk; labels fetched."""
    last = entries.order_by("-seq").values_list("seq", flat=True).first()
    after: int | None = None
    while last is not None:
        rest = entries.filter(seq__lte=last)
        if after is not None:
            rest = rest.filter(seq__gt=after)
        chunk = list(rest.order_by("seq").prefetch_related("labels")[:size])
        if not chunk:
            return
        yield chunk
        after = chunk[-1].seq


def fields_of(entry: AuditEntry) -> dict[str, Any]:
    """Everything that the chain covers, `hash`, and the names that were not erased."""
    fields: dict[str, Any] = {name: getattr(entry, name) for name in HASHED_FIELDS}
    fields["at"] = instant(entry.at)
    fields["hash"] = entry.hash
    labels: dict[str, AuditLabel] = {label.role: label for label in entry.labels.all()}
    for role in LABELLED:
        label = labels.get(role)
        fields[f"{role}_label"] = label.label if label else None
        fields[f"{role}_salt"] = label.salt if label else None
    return fields


def walked_fields(entries: QuerySet[AuditEntry]) -> Iterator[dict[str, Any]]:
    for chunk in chunks(entries):
        yield from map(fields_of, chunk)


def proof_lines(entries: QuerySet[AuditEntry]) -> Iterator[bytes]:
    """JSON Lines with all that a check without the database needs; one chunk of lines at a time."""
    for chunk in chunks(entries):
        yield b"".join(_line(fields_of(entry)) for entry in chunk)


def _line(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"
