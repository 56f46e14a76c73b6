"""What a worker writes: its hold on a run, leases of rows, answers, and the end.

All times are the database's. A lease that ran out is anybody's; `attempts` is counted with the
lease and kept before the model is asked, so a row that kills its worker is known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.actors import SYSTEM
from apps.core.errors import require
from apps.core.live import touch
from apps.core.states import move
from apps.core.verdicts import ALLOW, not_possible
from apps.evaluations import events
from apps.evaluations.locks import lock_run
from apps.evaluations.models import Result, Run
from apps.evaluations.queries.runs import family_of, run_ref
from apps.evaluations.queries.summaries import Counts, counts_of
from apps.evaluations.running.outcome import Outcome
from apps.evaluations.states import RUN, ResultState, RunState
from apps.llm.actions import settle
from apps.llm.models import Reservation

MOST_ATTEMPTS = 3
ALONE_FROM = 2  # attempts after which a row is tried with no other beside it
UNDER_WAY = (RunState.QUEUED, RunState.RUNNING)
TO_DO = (ResultState.WAITING, ResultState.LEASED)
SENT_AGAIN = 20  # seconds between two wakings for the same run

_LEASE = """
UPDATE evaluations_result SET state = 'leased', attempts = attempts + 1, lease_by = %(by)s,
  lease_until = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE id IN (
  SELECT id FROM evaluations_result
  WHERE run_id = %(run)s AND attempts < %(below)s
    AND (state = 'waiting' OR (state = 'leased' AND lease_until < clock_timestamp()))
  ORDER BY attempts, case_index, id LIMIT %(many)s FOR UPDATE SKIP LOCKED
) RETURNING id
"""

_COLUMNS = """state text, answer text, tool_calls jsonb, input_tokens int, output_tokens int,
  latency_ms int, cost numeric, verdicts jsonb, passed boolean, score float8,
  reused_from_id bigint, fingerprint text, judging text, error_code text, error text"""
_NAMES = [column.split()[0] for column in _COLUMNS.split(",")]
_STORE = f"""
UPDATE evaluations_result AS kept SET {", ".join(f"{name} = given.{name}" for name in _NAMES)},
  lease_by = '', lease_until = NULL, done_at = clock_timestamp()
FROM jsonb_to_recordset(%s) AS given(id bigint, {_COLUMNS})
WHERE kept.id = given.id AND kept.state = 'leased' AND kept.lease_by = %s
"""


@working
def take_run(run_id: int, *, by: str, seconds: float) -> Run | None:
    """Hold the run as its one worker; None when it is over or somebody holds it."""
    free = Q(worker_until=None) | Q(worker_until__lt=Now())
    rows = Run.objects.select_for_update(skip_locked=True, of=("self",)).filter(free, pk=run_id)
    run = rows.filter(state__in=UNDER_WAY).first()
    if run is None:
        return None
    for row in Run.objects.filter(pk__in=family_of(run), state=RunState.QUEUED):
        move(row, "state", RunState.RUNNING, RUN)
        Run.objects.filter(pk=row.pk, started_at=None).update(started_at=Now())
    _settle_lost(run)
    _hold(run_id, by, seconds)
    return Run.objects.select_related("version", "paired__version", "team", "suite_version").get(
        pk=run_id
    )


@working
def keep_leases(run: Run, *, by: str, seconds: float) -> bool:
    """Say that the worker lives. False when the run is not its own any more, or is over."""
    rows = Result.objects.filter(run__in=family_of(run), lease_by=by, state=ResultState.LEASED)
    rows.update(lease_until=_in(seconds))
    found = Run.objects.filter(pk=run.pk, worker=by).update(worker_until=_in(seconds))
    _park(run)
    return bool(found)


@working
def lease_rows(run: Run, *, by: str, many: int, seconds: float, alone: bool) -> list[Result]:
    """Rows to ask for now, those of the pair first. Rows that were tried often come last, and only
    when nothing else is under way (`alone`), one at a time: their neighbours are not to blame."""
    if not Run.objects.filter(pk=run.pk, worker=by, state__in=UNDER_WAY).exists():
        return []
    found: list[int] = []
    for below, most in ((ALONE_FROM, many), (MOST_ATTEMPTS, 1 if alone else 0)):
        for run_id in family_of(run):
            if len(found) < most:
                found += _lease(run_id, by, most - len(found), seconds, below)
    return list(Result.objects.filter(pk__in=found).order_by("run_id", "case_index", "pk"))


@working
def store_results(run: Run, *, by: str, outcomes: Sequence[Outcome], tell: bool = True) -> int:
    """Keep what came of rows that this worker still leases; how many were kept. `tell`: open pages
    look again."""
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [json.dumps([one.row() for one in outcomes]), by])
        kept = int(cursor.rowcount)
    spent = sum((one.cost for one in outcomes if one.cost), Decimal(0))
    if spent:
        Run.objects.filter(pk=run.pk).update(spent=F("spent") + spent)
    if tell:
        touch("run", run.pk)
    return kept


@working
def return_rows(run: Run, *, by: str, ids: Sequence[int]) -> None:
    """Rows that were leased and not asked for: the try does not count."""
    rows = Result.objects.filter(pk__in=ids, lease_by=by, state=ResultState.LEASED)
    rows.update(
        state=ResultState.WAITING, attempts=F("attempts") - 1, lease_by="", lease_until=None
    )


@working
def stop_run(run: Run, *, by: str, code: str, sentence: str) -> None:
    """No more money: what waits could not run, and says so."""
    rows = Result.objects.filter(run__in=family_of(run), state=ResultState.WAITING)
    many = rows.update(state=ResultState.COULD_NOT_RUN, error_code=code, error=sentence)
    words = _("%(sentence)s Stopped with %(many)s answers to go.")
    text = words % {"sentence": sentence, "many": f"{many:,}"}
    Run.objects.filter(pk=run.pk, worker=by).update(stopped=text)


@working
def leave_run(run: Run, *, by: str) -> bool:
    """Let the run go; whether something is left to do."""
    Run.objects.filter(pk=run.pk, worker=by).update(worker="", worker_until=None)
    left = Result.objects.filter(run__in=family_of(run), state__in=TO_DO).exists()
    return left and Run.objects.filter(pk=run.pk, state__in=UNDER_WAY).exists()


@governed
def finish_run(run: Run, *, actor: Any = SYSTEM) -> Run:
    """Everything is answered or could not be: the run, and its pair with it, is over."""
    locked = lock_run(run.pk)
    left = Result.objects.filter(run__in=family_of(locked), state__in=TO_DO).exists()
    over = not_possible("run_not_done", _("This run is still under way.")) if left else ALLOW
    require(over if locked.is_under_way else not_possible("run_finished", _("It has finished.")))
    found = counts_of(family_of(locked))
    for row in (locked.paired, locked):
        if row is not None:
            move(row, "state", _end(found[row.pk]), RUN)
            Run.objects.filter(pk=row.pk).update(finished_at=Now())
    own = found[locked.pk]
    touch("run", locked.pk)
    record(
        events.RUN_FINISHED, actor=actor, target=locked, namespace=locked.prompt.namespace,
        run=locked.pk, state=str(locked.state), passed=own.passed, failed=own.failed,
        open=own.open, could_not_run=own.could_not_run, suite_version=locked.suite_version_id,
        version=locked.version.number if locked.version else None,
        content_hash=locked.content_hash,
        judge_version=locked.judge_version,
    )  # fmt: skip
    return locked


@working
def lost_runs() -> list[int]:
    """Runs that nobody works on, each told at most every twenty seconds."""
    _drop_cancelled()
    nobody = Q(worker_until=None) | Q(worker_until__lt=Now())
    quiet = Q(sent_at=None) | Q(sent_at__lt=_in(-SENT_AGAIN))
    rows = Run.objects.filter(nobody, quiet, state__in=UNDER_WAY, candidate=None)
    found = list(rows.order_by("pk").values_list("pk", flat=True)[:100])
    Run.objects.filter(pk__in=found).update(sent_at=Now())
    return found


def _end(found: Counts) -> str:
    if found.done == 0:
        return RunState.FAILED
    return RunState.PARTIAL if found.could_not_run or found.cancelled else RunState.DONE


def _lease(run_id: int, by: str, many: int, seconds: float, below: int) -> list[int]:
    given: dict[str, str | int | float] = {
        "by": by,
        "seconds": seconds,
        "run": run_id,
        "below": below,
        "many": many,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, given)
        return [row[0] for row in cursor.fetchall()]


def _park(run: Run) -> None:
    """A row whose worker died each time is left alone; the others go on."""
    rows = Result.objects.filter(run__in=family_of(run), state=ResultState.LEASED)
    rows.filter(attempts__gte=MOST_ATTEMPTS, lease_until__lt=Now()).update(
        state=ResultState.COULD_NOT_RUN,
        error_code="parked",
        error=_(
            "The worker died three times over this case. It is left out; run it again by itself."
        ),
        lease_by="",
        lease_until=None,
    )


def _drop_cancelled() -> None:
    """What a dead worker had asked for in a run that was cancelled since."""
    rows = Result.objects.filter(state=ResultState.LEASED, lease_until__lt=Now())
    rows.filter(run__state=RunState.CANCELLED).update(
        state=ResultState.CANCELLED, lease_by="", lease_until=None
    )


def _settle_lost(run: Run) -> None:
    """What a dead worker had set aside may have been spent, and counts as that."""
    rows = Reservation.objects.filter(run_ref=run_ref(run), settled_at=None)
    lost = list(rows)
    for reservation in lost:
        settle(reservation, actual=reservation.amount)
    if lost:
        amount = sum((one.amount for one in lost), Decimal(0))
        Run.objects.filter(pk=run.pk).update(spent=F("spent") + amount)


def _hold(run_id: int, by: str, seconds: float) -> None:
    Run.objects.filter(pk=run_id).update(worker=by, worker_until=_in(seconds), sent_at=Now())


def _in(seconds: float) -> Any:
    return Now() + timedelta(seconds=seconds)
