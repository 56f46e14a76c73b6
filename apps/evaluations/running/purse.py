"""Money for a run: set aside before a model is asked, paid when its answer is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core.verdicts import not_possible
from apps.evaluations.models import Run
from apps.llm.actions import OverBudget, reserve, settle
from apps.llm.models import Reservation
from apps.llm.prices import money

NOTHING = Decimal(0)


@dataclass
class Pot:
    """Set aside for `open` rows together; paid as a whole when the last of them is done."""

    reservation: Reservation | None
    amount: Decimal
    open: int
    actual: Decimal = NOTHING


class Purse:
    """The budget of the team's month and of the run; asks the database."""

    def __init__(self, run: Run, ref: str) -> None:
        self.team, self.most, self.ref = run.team, run.most_cost, ref
        self.spent, self.held = run.spent, NOTHING

    def take(self, amounts: Sequence[Decimal]) -> tuple[list[Pot], str]:
        """A pot for each amount, in order, as far as the money goes; and why it goes no further."""
        try:
            pot = self._pot(sum(amounts, NOTHING), len(amounts))
            return [pot] * len(amounts), ""
        except OverBudget as error:
            if len(amounts) == 1:
                return [], str(error)
        pots: list[Pot] = []
        for amount in amounts:
            try:
                pots.append(self._pot(amount, 1))
            except OverBudget as error:
                return pots, str(error)
        return pots, ""

    def pay(self, pot: Pot, cost: Decimal) -> None:
        """One row of the pot is done, and cost so much."""
        pot.open -= 1
        pot.actual += cost
        self.spent += cost
        if pot.open == 0:
            self.held -= pot.amount
            if pot.reservation is not None:
                settle(pot.reservation, actual=pot.actual)

    def _pot(self, amount: Decimal, rows: int) -> Pot:
        if self.most is not None and self.spent + self.held + amount > self.most:
            words = _("This run has spent %(spent)s of the %(most)s that it may.")
            numbers = {"spent": money(self.spent), "most": money(self.most)}
            raise OverBudget(not_possible("over_run_budget", words % numbers))
        row = None
        if self.team is not None and amount > 0:
            row = reserve(self.team, amount=amount, purpose="run", run_ref=self.ref)
        self.held += amount
        return Pot(row, amount, rows)
