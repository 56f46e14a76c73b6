"""The trail as a table for a spreadsheet: RFC 4180, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet

from apps.audit.models import AuditEntry
from apps.audit.proof import chunks
from apps.audit.sentences import sentence
from apps.audit.trail import instant

COLUMNS = (
    "number", "time", "what", "reason", "outcome", "event", "actor kind", "actor", "actor id",
    "on behalf of", "object kind", "object", "object id", "namespace", "environment", "before",
    "after", "data", "source", "address", "request", "hash",
)  # fmt: skip

# A formula begins with one of these, at the start of a cell or behind what another program may
# take for the border of a cell. Full-width forms are formulas in East Asian spreadsheets.
TRIGGER = re.compile("(^|[,;|\"'\t\r\n\0])(?=[=+\\-@\t\r\n\0＝＋－＠])")


def safe(text: str) -> str:
    """The same text with an apostrophe before everything that would begin a formula."""
    return TRIGGER.sub(r"\1'", text)


def table_lines(
    entries: QuerySet[AuditEntry], places: Mapping[int, str], *, addresses: bool = True
) -> Iterator[bytes]:
    """CSV in UTF-8, heading first; `places` names namespaces by id."""
    yield _written([COLUMNS])
    for chunk in chunks(entries):
        yield _written([_row(entry, places, addresses) for entry in chunk])


def _written(rows: list[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _row(entry: AuditEntry, places: Mapping[int, str], addresses: bool) -> list[str]:
    labels = {label.role: label.label for label in entry.labels.all()}
    place = "" if entry.namespace_id is None else places.get(entry.namespace_id, "")
    cells = (
        str(entry.seq), instant(entry.at), sentence(entry, labels), entry.reason, entry.outcome,
        entry.event, entry.actor_kind, labels.get("actor", ""), entry.actor_id,
        " ".join(entry.on_behalf), entry.target_kind, labels.get("target", ""), entry.target_id,
        place, entry.environment, _json(entry.before), _json(entry.after), _json(entry.data),
        entry.source, entry.address if addresses else "", entry.request_id, entry.hash,
    )  # fmt: skip
    return [safe(cell) for cell in cells]


def _json(value: Any) -> str:
    return "" if value in (None, {}) else json.dumps(value, ensure_ascii=False, sort_keys=True)
