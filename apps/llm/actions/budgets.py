"""What teams may spend, and money set aside before models are asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.errors import Invalid, require
from apps.core.text import listing
from apps.core.verdicts import not_possible
from apps.llm import events
from apps.llm.budget_queries import NOTHING, month_for
from apps.llm.models import Budget, Reservation
from apps.llm.overspent import OverBudget
from apps.llm.permissions import can_manage_models
from apps.llm.prices import money
from apps.teams.models import Capability, Team
from apps.teams.queries import root_namespace
from apps.teams.rights import names_with

MOST = Decimal(1_000_000)


@governed
def set_budget(
    team: Team, *, month_limit: Decimal | None, reason: str = "", actor: Any
) -> Budget | None:
    """What a team's runs may cost in a month, in US dollars; None takes the budget away."""
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    require(can_manage_models(actor))
    budget = Budget.objects.select_for_update().filter(team=team).first()
    before = None if budget is None else str(budget.month_limit)
    if month_limit is None:
        if budget is not None:
            budget.delete()
        budget = None
    else:
        budget = budget or Budget(team=team)
        budget.month_limit = _clean_limit(month_limit)
        budget.save()
    after = None if budget is None else str(budget.month_limit)
    event = events.BUDGET_SET if budget else events.BUDGET_REMOVED
    record(
        event, actor=actor, target=team, reason=reason,
        before={"month_limit": before}, after={"month_limit": after},
    )  # fmt: skip
    return budget


@working
def reserve(team: Team, *, amount: Decimal, purpose: str, run_ref: str = "") -> Reservation:
    """Set money aside before models are asked; OverBudget when the month has not enough left.

    The team's budget is locked: however many reserve at once, they never exceed it together.
    """
    if amount < 0:
        raise ValueError("an amount is never below nothing")
    budget = Budget.objects.select_for_update().filter(team=team).first()
    if budget is not None:
        _require_room(team, amount)
    return Reservation.objects.create(team=team, amount=amount, purpose=purpose, run_ref=run_ref)


@working
def settle(reservation: Reservation, *, actual: Decimal) -> Reservation:
    """What was really spent takes the place of what was set aside. Once; again changes nothing."""
    row = Reservation.objects.select_for_update().get(pk=reservation.pk)
    if row.settled_at is None:
        row.settled_amount = max(NOTHING, actual)
        row.settled_at = Now()
        row.save(update_fields=["settled_amount", "settled_at"])
        row.refresh_from_db()
    return row


@working
def release_reservation(reservation: Reservation) -> Reservation:
    """Nothing was spent: the money is free again."""
    return settle(reservation, actual=NOTHING)


def _require_room(team: Team, amount: Decimal) -> None:
    month = month_for(team)
    if month.left is None or amount <= month.left:
        return
    who = tuple(names_with(Capability.MANAGE, root_namespace()))
    words = _(
        "The team %(team)s has %(left)s of %(limit)s left this month, and this may cost %(amount)s."
    ) % {
        "team": team, "left": money(month.left), "limit": money(month.limit or NOTHING),
        "amount": money(amount),
    }  # fmt: skip
    if who:
        words += " " + _("%(who)s can raise the budget.") % {"who": listing(who[:3], _("or"))}
    raise OverBudget(not_possible("over_budget", words, team=team.pk, left=str(month.left)))


def _clean_limit(limit: Decimal) -> Decimal:
    if not limit.is_finite() or not 0 <= limit <= MOST:
        raise Invalid({"month_limit": [_("Enter an amount from 0 to 1,000,000 dollars.")]})
    return limit.quantize(Decimal("0.01"))
