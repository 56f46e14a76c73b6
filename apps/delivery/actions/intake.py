"""What applications send back: figures of calls, and the names of the variables that they send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from apps.core.actions import working
from apps.delivery.models import SentName
from apps.delivery.sent import MAX_NAMES, Sent

_TAKE = """
INSERT INTO delivery_logevent (environment_id, prompt_id, version_id, ident, arm, model,
  started_at, latency_ms, input_tokens, output_tokens, cost, status)
SELECT environment_id, prompt_id, version_id, ident, arm, model,
  started_at, latency_ms, input_tokens, output_tokens, cost, status
  FROM jsonb_to_recordset(%s) AS event (environment_id bigint, prompt_id bigint,
  version_id bigint, ident text, arm text, model text, started_at timestamptz,
  latency_ms double precision, input_tokens integer, output_tokens integer, cost numeric,
  status text)
 ORDER BY ident
ON CONFLICT DO NOTHING
"""


@working
def take_events(rows: Sequence[Mapping[str, Any]]) -> int:
    """Keep calls, each `ident` once in its environment; return how many were new."""
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [json.dumps(rows)])
        return int(cursor.rowcount)


@working
def note_names(sent: Iterable[Sent], *, at: datetime) -> None:
    """Write down that these names were sent; of one prompt at most MAX_NAMES are kept."""
    wanted = sorted(set(sent))
    known = _known(wanted)
    kept = []
    for environment, prompt, name in wanted:
        names = known.setdefault((environment, prompt), set())
        if name not in names and name and len(names - {""}) >= MAX_NAMES:
            continue
        names.add(name)
        kept.append(
            SentName(
                environment_id=environment, prompt_id=prompt, name=name, first_seen=at,
                last_seen=at,
            )
        )  # fmt: skip
    SentName.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["environment", "prompt", "name"],
        update_fields=["last_seen"],
    )


def _known(sent: Iterable[Sent]) -> dict[tuple[int, int], set[str]]:
    prompts = {prompt for _environment, prompt, _name in sent}
    rows = SentName.objects.filter(prompt__in=prompts)
    found: dict[tuple[int, int], set[str]] = {}
    for environment, prompt, name in rows.values_list("environment_id", "prompt_id", "name"):
        found.setdefault((environment, prompt), set()).add(name)
    return found
