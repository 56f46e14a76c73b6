"""What many runs spend together: never more than their team's budget."""

from __future__ import annotations

from decimal import Decimal

from bench.run import Measured, figure
from bench.served import own_database

RUNS = 50
CALLS = 100
LIMIT = Decimal("100.00")


@figure("budget_50_runs_overrun")
def budget_50_runs_overrun() -> Measured:
    """T29: dollars over a team's budget after 50 runs, all at once, asked for five times as much.
    The control sets money aside without the lock and without the database's own guard."""
    with own_database():
        over, reserved, refused = _spent(guarded=True)
    with own_database():
        control, _reserved, _refused = _spent(guarded=False)
    words = f"{reserved} calls paid, {refused} refused; ${control} over the budget without the lock"
    return Measured(float(over), "dollars", RUNS * CALLS, words)


def _spent(*, guarded: bool) -> tuple[Decimal, int, int]:
    from django.db import connections

    from apps.llm.actions import set_budget
    from apps.llm.budget_queries import month_for
    from tests.llm.spending import hold_without_lock, spend_at_once
    from tests.teams.people import open_office

    office = open_office()
    set_budget(office.leads, month_limit=LIMIT, actor=office.admin)
    if guarded:
        tally = spend_at_once(office.leads, runs=RUNS, calls=CALLS)
    else:
        with connections["owner"].cursor() as cursor:
            cursor.execute("DROP TRIGGER llm_reservation_within ON llm_reservation")
        tally = spend_at_once(office.leads, runs=RUNS, calls=CALLS, hold=hold_without_lock)
    if tally.broken:
        raise tally.broken[0]
    over = max(Decimal(0), month_for(office.leads).spent - LIMIT)
    return over.quantize(Decimal("0.01")), tally.reserved, tally.refused
