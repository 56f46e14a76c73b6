"""A slice of a run: at most a minute of leasing, asking, judging and keeping."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from decimal import Decimal

from apps.evaluations.actions.work import (
    MOST_ATTEMPTS,
    TO_DO,
    finish_run,
    keep_leases,
    lease_rows,
    leave_run,
    return_rows,
    stop_run,
    store_results,
    take_run,
)
from apps.evaluations.models import Result, Run
from apps.evaluations.queries.runs import family_of, run_ref
from apps.evaluations.running.asking import Asking
from apps.evaluations.running.bridge import Bridge
from apps.evaluations.running.job import Job, Task, load_job, most_cost, plan
from apps.evaluations.running.outcome import Outcome
from apps.evaluations.running.purse import Purse
from apps.evaluations.states import RunState

SLICE, SHORT_SLICE = 45.0, 10.0  # seconds of leasing, alone and while others wait
LEASE = 20.0  # seconds after which what a dead worker held is free
TICK = 0.5
TOLD_EVERY = 0.7  # seconds between two words to open pages


def work(run_id: int, *, seconds: float | None = None, lease: float = LEASE) -> bool:
    """Work on a run for a while; whether there is more to do."""
    by = f"{socket.gethostname()[:12]}-{os.getpid()}-{secrets.token_hex(4)}"
    run = take_run(run_id, by=by, seconds=lease)
    if run is None:
        return False
    slice_ = Slice(load_job(run), by, lease, seconds or _time_for(run))
    try:
        slice_.bridge.run(slice_.main)
    finally:
        left = leave_run(run, by=by)
    if left:
        return True
    if Run.objects.filter(pk=run.pk, state=RunState.RUNNING).exists():
        finish_run(run)
    return False


def _time_for(run: Run) -> float:
    others = Run.objects.filter(
        state__in=(RunState.QUEUED, RunState.RUNNING), candidate=None
    ).exclude(pk=run.pk)
    return SHORT_SLICE if others.exists() else SLICE


@dataclass
class Step:
    """What a turn with the rows brought: tasks to begin, and whether anything is left."""

    tasks: list[Task] = field(default_factory=list)
    left: bool = True


class Slice:
    """`main` runs in the loop; what is named `…_rows` in the thread of the rows."""

    def __init__(self, job: Job, by: str, lease: float, seconds: float) -> None:
        self.job, self.by, self.lease, self.seconds = job, by, lease, seconds
        self.bridge = Bridge()
        self.purse = Purse(job.run, run_ref(job.run))
        self._tasks: dict[int, Task] = {}
        self._done: list[Outcome] = []
        self._news: asyncio.Event | None = None
        self._stopped = False
        self._kept_at = self._told_at = time.monotonic()

    async def main(self) -> None:
        self._news = asyncio.Event()
        end = time.monotonic() + self.seconds
        async with AsyncExitStack() as stack:
            asking = Asking(self.job, self.bridge, stack)
            running: set[asyncio.Task[None]] = set()
            while True:
                step = await self._turn(time.monotonic() < end)
                for task in step.tasks:
                    one = asyncio.create_task(self._one(asking, task))
                    running.add(one)
                    one.add_done_callback(running.discard)
                over = not step.left or self._stopped or time.monotonic() >= end
                if over and not self._tasks and not self._done:
                    return
                await self._wait()

    async def _turn(self, may_lease: bool) -> Step:
        done, self._done = self._done, []
        alone = any(task.row.attempts >= MOST_ATTEMPTS for task in self._tasks.values())
        finished = [self._tasks[one.result_id] for one in done]
        busy = len(self._tasks) - len(done)
        want = 0 if alone or self._stopped or not may_lease else self.job.at_once - busy
        step = await self.bridge.rows(lambda: self._step_rows(done, finished, want, busy == 0))
        for one in done:
            del self._tasks[one.result_id]
        self._tasks.update({task.row.pk: task for task in step.tasks})
        return step

    async def _one(self, asking: Asking, task: Task) -> None:
        outcome = await asking.outcome(task)
        assert self._news is not None
        self._done.append(outcome)
        self._news.set()

    async def _wait(self) -> None:
        """Until something is answered, or for a tick."""
        assert self._news is not None
        if not self._done:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), TICK)
        self._news.clear()

    def _step_rows(
        self, done: Sequence[Outcome], finished: Sequence[Task], want: int, alone: bool
    ) -> Step:
        self._store_rows(done, finished)
        if time.monotonic() - self._kept_at > self.lease / 4:
            self._kept_at = time.monotonic()
            if not keep_leases(self.job.run, by=self.by, seconds=self.lease):
                self._stopped = True
        if want <= 0 or self._stopped:
            return Step()
        rows = lease_rows(
            self.job.run, by=self.by, many=want, seconds=self.lease, alone=alone
        )  # fmt: skip
        if not rows and alone:
            return Step(left=self._left_rows())
        tasks, at_once = plan(self.job, rows)
        self._store_rows(at_once, ())
        return Step(self._paid_rows(tasks))

    def _store_rows(self, outcomes: Sequence[Outcome], finished: Sequence[Task]) -> None:
        if not outcomes:
            return
        tell = time.monotonic() - self._told_at > TOLD_EVERY
        if tell:
            self._told_at = time.monotonic()
        store_results(self.job.run, by=self.by, outcomes=outcomes, tell=tell)
        costs = {one.result_id: one.cost or Decimal(0) for one in outcomes}
        for task in finished:
            if task.pot is not None:
                self.purse.pay(task.pot, costs[task.row.pk])

    def _paid_rows(self, tasks: list[Task]) -> list[Task]:
        """Those of the tasks for which there is money; when it goes no further, the run stops."""
        if not tasks:
            return []
        pots, why = self.purse.take([most_cost(self.job, task) for task in tasks])
        for task, pot in zip(tasks, pots, strict=False):
            task.pot = pot
        if why:
            ids = [task.row.pk for task in tasks[len(pots) :]]
            return_rows(self.job.run, by=self.by, ids=ids)
        if why and not self.purse.held:  # else what is under way may cost less than is set aside
            self._stopped = True
            stop_run(self.job.run, by=self.by, code="over_budget", sentence=why)
        return tasks[: len(pots)]

    def _left_rows(self) -> bool:
        rows = Result.objects.filter(run__in=family_of(self.job.run), state__in=TO_DO)
        still = Run.objects.filter(pk=self.job.run.pk, worker=self.by)
        still = still.filter(state=RunState.RUNNING)
        return still.exists() and rows.exists()
