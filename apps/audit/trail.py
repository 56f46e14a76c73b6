"""Writing the trail. `record()` is the last statement of every governed action."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from celery import current_app
from django.db import connection, models, transaction

from apps.audit.chain import GENESIS, SCHEMA, entry_hash, label_hash
from apps.audit.models import AuditEntry, AuditLabel
from apps.audit.registry import event as declared
from apps.core.actors import Actor, person_behind
from apps.core.errors import Refused
from apps.core.origin import origin

log = logging.getLogger("galley.audit")
_LOCK = 0x6761_6C6C_6579  # one writer of the chain at a time
# By its name: tasks read the trail, so the trail does not import them.
SUBSCRIBERS_TASK = "apps.audit.tasks.run_subscribers"

QUIET = 5.0  # seconds without a try after a failed one: the sweeper looks as often
_quiet_until = float("-inf")


def wake_subscribers() -> None:
    """Tell a worker that there is news. The truth is in the rows: a lost message loses nothing."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        current_app.send_task(SUBSCRIBERS_TASK, queue="now", retry=False)
    except Exception:  # a broker that is away delays news, it never fails an act
        _quiet_until = time.monotonic() + QUIET
        log.warning("the broker is away; the sweeper will catch up")


def instant(at: datetime) -> str:
    """ISO 8601 in UTC with six digits, the one form that is hashed."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def kind_of(row: models.Model) -> str:
    return row._meta.model_name or ""


def record(
    event: str,
    *,
    actor: Actor,
    target: models.Model,
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    namespace: models.Model | None = None,
    environment: str = "",
    on_behalf: Sequence[Actor] = (),
    outcome: str = "done",
    **data: Any,
) -> AuditEntry:
    """Append one entry in the caller's transaction.

    `data` may only have keys that the event declares; values are JSON (ids, numbers, short names).
    How the person signed in is added to it, where they did.
    Raises KeyError for an unknown event, ValueError for an undeclared key, RuntimeError outside a
    transaction. What it raises undoes the act: there is no act without its entry.
    """
    undeclared = set(data) - declared(event).keys
    if undeclared:
        raise ValueError(f"{event} does not declare {', '.join(sorted(undeclared))}")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("record() belongs inside the transaction of the act")
    here = origin()
    if actor.kind == "key" and (owner := person_behind(actor)) is not None:
        on_behalf = [owner, *on_behalf]
    if actor.kind == "person" and (way := here.signed_in_by()):
        data["signed_in_by"] = way
    salts = {"actor": secrets.token_hex(16), "target": secrets.token_hex(16)}
    labels = {"actor": actor.label, "target": str(target)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT clock_timestamp(), pg_current_xact_id()::text::bigint,"
            " (SELECT row(seq, hash)::text FROM audit_auditentry ORDER BY seq DESC LIMIT 1)"
        )
        at, xid, tail = cursor.fetchone()
    seq, previous = _after(tail)
    fields: dict[str, Any] = {
        "seq": seq,
        "schema": SCHEMA,
        "event": event,
        "outcome": outcome,
        "actor_kind": actor.kind,
        "actor_id": actor.audit_id,
        "actor_label_hash": label_hash(salts["actor"], labels["actor"]),
        "on_behalf": [f"{person.kind}:{person.audit_id}" for person in on_behalf],
        "target_kind": kind_of(target),
        "target_id": str(target.pk),
        "target_label_hash": label_hash(salts["target"], labels["target"]),
        "namespace_id": namespace.pk if namespace is not None else None,
        "environment": environment,
        "reason": reason,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "data": data,
        "source": here.source,
        "address": here.address or "",
        "request_id": here.request_id,
        "transaction_id": xid,
        "previous_hash": previous,
    }
    digest = entry_hash({**fields, "at": instant(at)})
    entry = AuditEntry.objects.create(**fields, at=at, hash=digest)
    AuditLabel.objects.bulk_create(
        [
            AuditLabel(
                entry=entry, role="actor", subject_kind=actor.kind, subject_id=actor.audit_id,
                label=labels["actor"], salt=salts["actor"],
            ),
            AuditLabel(
                entry=entry, role="target", subject_kind=fields["target_kind"],
                subject_id=fields["target_id"], label=labels["target"], salt=salts["target"],
            ),
        ]
    )  # fmt: skip
    transaction.on_commit(wake_subscribers)
    return entry


def _after(tail: str | None) -> tuple[int, str]:
    if tail is None:
        return 1, GENESIS
    seq, digest = tail.strip("()").split(",")
    return int(seq) + 1, digest


def record_refusal(denied: Mapping[str, Any], actor: Actor, refusal: Refused) -> None:
    """Write down that something was refused on a protected environment."""
    record(
        denied["event"],
        actor=actor,
        target=denied["target"],
        namespace=denied.get("namespace"),
        environment=denied.get("environment", ""),
        outcome="denied",
        reason=denied.get("reason", ""),
        after={"refused": refusal.code},
        **denied.get("data", {}),
    )
