"""Many runs spend a team's budget at once: the engine of T29, for the tests and for the bench."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from apps.core.verdicts import not_possible
from apps.llm.actions import OverBudget, reserve, settle
from apps.llm.budget_queries import month_for
from apps.llm.models import Reservation
from apps.teams.models import Team

CALL = Decimal("0.10")


def hold_without_lock(team: Team, *, amount: Decimal, **said: str) -> Reservation:
    """The control: look first and write later, as if nobody else did the same."""
    left = month_for(team).left
    if left is not None and amount > left:
        raise OverBudget(not_possible("over_budget", "used up"))
    return Reservation.objects.create(team=team, amount=amount, **said)


@dataclass
class Tally:
    """`reserved` calls that were let through, `refused` ones; `broken`: what should not happen."""

    reserved: int = 0
    refused: int = 0
    broken: list[BaseException] = field(default_factory=list)


def spend_at_once(
    team: Team, *, runs: int, calls: int, hold: Callable[..., Reservation] = reserve
) -> Tally:
    """Each run sets money aside for each of its calls, which then cost that or somewhat less."""
    tally, lock, barrier = Tally(), threading.Lock(), threading.Barrier(runs)

    def one_run(number: int) -> None:
        chance = random.Random(number)
        try:
            barrier.wait(60)
            for call in range(calls):
                let_through = _call(team, f"run {number}.{call}", chance, hold)
                with lock:
                    tally.reserved += let_through
                    tally.refused += not let_through
        except BaseException as error:  # told to the test
            tally.broken.append(error)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=one_run, args=(number,)) for number in range(runs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def _call(team: Team, ref: str, chance: random.Random, hold: Callable[..., Reservation]) -> bool:
    try:
        held = hold(team, amount=CALL, purpose="run", run_ref=ref)
    except OverBudget:
        return False
    if chance.random() < 0.5:
        settle(held, actual=CALL * chance.randrange(5, 11) / 10)
    return True
