"""Asking models beside a run: by which line, in which loop, for how long, and who pays.

What they are asked is paid: set aside before, settled after, and never inside a transaction.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from apps.core.errors import require
from apps.core.verdicts import ALLOW, not_possible
from apps.evaluations.running.bridge import Bridge
from apps.llm.actions import reserve
from apps.llm.asking import Line, Unanswered
from apps.llm.budget_queries import month_for
from apps.llm.models import Reservation
from apps.llm.queries import line_for
from apps.teams.models import Namespace, Team

T = TypeVar("T")


@dataclass(frozen=True)
class Payer:
    """Whose rules hold for the models that are asked, and who pays; `team` None: nobody's
    budget."""

    namespace: Namespace
    team: Team | None
    purpose: str
    ref: str = ""

    def set_aside(self, amount: Decimal | None, *, unknown: str) -> Reservation | None:
        """OverBudget before anything is asked. `amount` None: a price is not known, which a budget
        that is limited refuses in these words; `unknown` names what has no price."""
        if self.team is None:
            return None
        if amount is None:
            limited = month_for(self.team).left is not None
            require(not_possible("price_unknown", unknown) if limited else ALLOW)
        return reserve(
            self.team, amount=amount or Decimal(0), purpose=self.purpose, run_ref=self.ref
        )


def lines_to(models: Iterable[str]) -> dict[str, tuple[Line, str]]:
    """Model → its line and its name there. NotPossible where one is not connected."""
    found = {}
    for name in dict.fromkeys(models):
        try:
            found[name] = line_for(name)
        except Unanswered as error:
            require(not_possible("not_connected", error.sentence))
    return found


def in_own_loop(ask: Callable[[], Coroutine[Any, Any, list[T]]]) -> list[T]:
    """What `ask` returns, from a loop of its own thread: whoever calls may be in one."""
    found: list[T] = []

    async def main() -> None:
        found.extend(await ask())

    Bridge().run(main)
    return found


async def until_late(tasks: Collection[asyncio.Task[Any]], seconds: float) -> None:
    """Wait for all of them, so long; afterwards those that were late are cancelled."""
    if not tasks:
        return
    _done, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
