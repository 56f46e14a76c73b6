"""T29: what runs may cost is set aside before they ask; together they never exceed the budget."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from apps.core.errors import Invalid, NotAllowed
from apps.llm.actions import OverBudget, release_reservation, reserve, set_budget, settle
from apps.llm.budget_queries import month_for, month_of, team_months
from apps.llm.models import Budget, Reservation
from tests.llm.spending import CALL, spend_at_once
from tests.teams.people import Office, open_office

RUNS, CALLS = 50, 2  # all the runs at once; a fiftieth of the calls of each


def dollars(text: str) -> Decimal:
    return Decimal(text)


def test_t29_fifty_runs_at_once_never_exceed_the_budget(own_database: str) -> None:
    office = open_office()
    set_budget(office.leads, month_limit=dollars("5.00"), actor=office.admin)

    tally = spend_at_once(office.leads, runs=RUNS, calls=CALLS)

    month = month_for(office.leads)
    assert tally.broken == []
    assert tally.reserved + tally.refused == RUNS * CALLS
    assert tally.refused > 0
    assert month.left is not None
    assert dollars("5.00") - CALL < month.spent <= dollars("5.00")


def test_t29_control_calls_that_only_look_first_would_exceed_it(office: Office) -> None:
    set_budget(office.leads, month_limit=CALL, actor=office.admin)

    both_looked = [month_for(office.leads).left for _call in range(2)]

    assert both_looked == [CALL, CALL]
    reserve(office.leads, amount=CALL, purpose="run")
    with pytest.raises(OverBudget):
        reserve(office.leads, amount=CALL, purpose="run")


def test_t29_the_database_itself_refuses_to_overbook(office: Office) -> None:
    set_budget(office.leads, month_limit=dollars("1.00"), actor=office.admin)
    Reservation.objects.create(team=office.leads, amount=dollars("1.00"), purpose="run")

    with pytest.raises(IntegrityError, match="used up"), transaction.atomic():
        Reservation.objects.create(team=office.leads, amount=dollars("0.01"), purpose="run")

    assert month_for(office.leads).spent == dollars("1.00")


def test_t29_over_budget_says_what_is_left_and_who_can_raise_it(office: Office) -> None:
    set_budget(office.leads, month_limit=dollars("3.00"), actor=office.admin)
    reserve(office.leads, amount=dollars("2.50"), purpose="run")

    with pytest.raises(OverBudget) as refused:
        reserve(office.leads, amount=dollars("1.25"), purpose="run")

    assert refused.value.verdict.sentence == (
        "The team Support leads has 50\u00a0¢ of $3.00 left this month, and this may cost $1.25. "
        "Bo Lindqvist can raise the budget."
    )
    assert reserve(office.leads, amount=dollars("0.50"), purpose="run").settled_at is None


def test_t29_settled_money_is_what_was_spent_and_the_rest_is_free_again(office: Office) -> None:
    set_budget(office.leads, month_limit=dollars("1.00"), actor=office.admin)
    held = reserve(office.leads, amount=dollars("1.00"), purpose="run", run_ref="run 7")
    assert month_for(office.leads).reserved == dollars("1.00")

    settled = settle(held, actual=dollars("0.30"))
    again = settle(held, actual=dollars("0.90"))

    assert settled.settled_amount == again.settled_amount == dollars("0.30")
    assert month_for(office.leads).left == dollars("0.70")
    release_reservation(reserve(office.leads, amount=dollars("0.70"), purpose="run"))
    assert month_for(office.leads).spent == dollars("0.30")


def test_t29_a_settled_reservation_stays_as_it_is(office: Office) -> None:
    held = settle(reserve(office.leads, amount=CALL, purpose="run"), actual=CALL)

    for write in (
        lambda: Reservation.objects.filter(pk=held.pk).update(settled_amount=0),
        lambda: Reservation.objects.filter(pk=held.pk).delete(),
    ):
        with pytest.raises(ProgrammingError, match="settled once"), transaction.atomic():
            write()
    open_one = reserve(office.leads, amount=CALL, purpose="run")
    assert settle(open_one, actual=Decimal(0)).settled_amount == 0


def test_t29_last_month_does_not_count(office: Office) -> None:
    set_budget(office.leads, month_limit=dollars("1.00"), actor=office.admin)
    held = reserve(office.leads, amount=dollars("1.00"), purpose="run")
    earlier = month_of(held.created_at) - dt.timedelta(seconds=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO llm_reservation (team_id, amount, purpose, run_ref, created_at)"
            " VALUES (%s, 1, 'run', '', %s)",
            [office.leads.pk, earlier],
        )

    assert month_for(office.leads).spent == dollars("1.00")
    assert Reservation.objects.count() == 2


def test_t29_without_a_budget_nothing_is_refused(office: Office) -> None:
    held = reserve(office.leads, amount=dollars("1000000"), purpose="run")

    month = month_for(office.leads)

    assert (month.limit, month.left, month.spent) == (None, None, held.amount)


def test_set_budget_is_for_an_installation_admin(office: Office) -> None:
    with pytest.raises(NotAllowed):
        set_budget(office.leads, month_limit=dollars("5"), actor=office.ana)
    assert not Budget.objects.exists()

    set_budget(office.leads, month_limit=dollars("5"), actor=office.admin)
    assert Budget.objects.get().month_limit == 5

    set_budget(office.leads, month_limit=None, actor=office.admin)
    assert not Budget.objects.exists()


@pytest.mark.parametrize("wrong", ["-1", "1000001", "NaN", "Infinity"])
def test_set_budget_takes_amounts_only(office: Office, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_budget(office.leads, month_limit=dollars(wrong), actor=office.admin)

    assert list(refused.value.errors) == ["month_limit"]
    set_budget(office.leads, month_limit=dollars("0"), actor=office.admin)


def test_team_months_asks_the_same_questions_for_one_team_and_for_three(
    office: Office, django_assert_num_queries
) -> None:
    from apps.teams.actions import create_team

    more = [create_team(name=name, actor=office.admin) for name in ("Two", "Three")]

    for teams in ([office.leads], [office.leads, *more]):
        with django_assert_num_queries(4):
            team_months(teams)
