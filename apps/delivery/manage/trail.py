"""The audit trail of what a key may see, a page at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from apps.audit.models import AuditEntry
from apps.audit.sentences import sentence
from apps.core.numbers import LARGEST_NUMBER
from apps.delivery.manage import out
from apps.delivery.manage.answers import instant
from apps.delivery.manage.calls import actor_of, after_of, paged, read
from apps.delivery.manage.openapi import answers, asks
from apps.teams.queries import visible_entries

router = Router(tags=["Automation"])
PAGE = 500


@router.get(
    "/audit",
    response=answers(200, out.AuditOut),
    summary="Export the audit trail",
    operation_id="export_audit",
    openapi_extra=asks("after"),
)
def export_audit(request: HttpRequest) -> HttpResponse:
    """What was done in the namespaces of the key, oldest first, 500 entries at a time. Without the
    addresses of people's machines; the proof is for those who manage, on the page."""
    actor = actor_of(request)
    after = after_of(request, LARGEST_NUMBER)

    def work() -> dict[str, Any]:
        rows = visible_entries(actor).filter(seq__gt=after).order_by("seq")
        page, more = paged(rows.prefetch_related("labels"), PAGE, "seq")
        return {"entries": [_entry(one) for one in page], "after": more}

    return read(request, work)


def _entry(entry: AuditEntry) -> dict[str, Any]:
    labels = {label.role: label.label for label in entry.labels.all()}
    return {
        "number": entry.seq,
        "at": instant(entry.at),
        "what": sentence(entry, labels),
        "event": entry.event,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "actor_kind": entry.actor_kind,
        "actor": labels.get("actor", ""),
        "on_behalf": entry.on_behalf,
        "object_kind": entry.target_kind,
        "object": labels.get("target", ""),
        "environment": entry.environment,
        "before": entry.before,
        "after": entry.after,
        "hash": entry.hash,
    }
