"""What teams have spent this month, and what they may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from apps.core.clock import database_now
from apps.llm.models import Budget, Reservation
from apps.llm.prices import CENT, money
from apps.teams.models import Team

NOTHING = Decimal(0)


@dataclass(frozen=True)
class TeamMonth:
    """`limit` None: no budget was set. `reserved`: what of `spent` is not settled yet."""

    team: Team
    limit: Decimal | None
    spent: Decimal
    reserved: Decimal

    @property
    def left(self) -> Decimal | None:
        return None if self.limit is None else max(NOTHING, self.limit - self.spent)

    @property
    def words(self) -> dict[str, str]:
        """Its amounts as pages say them; "" for what there is not."""
        amounts = {"limit": self.limit, "left": self.left, "spent": self.spent}
        amounts["reserved"] = self.reserved
        return {name: "" if each is None else dollars(each) for name, each in amounts.items()}

    @property
    def percent(self) -> int:
        if not self.limit:
            return 100 if self.limit is not None else 0
        return min(100, round(self.spent / self.limit * 100))


def dollars(amount: Decimal) -> str:
    """To the cent, as on a bill; what is less than one is said so."""
    return money(amount) if 0 < amount < CENT else f"${amount:,.2f}"


def month_of(moment: dt.datetime) -> dt.datetime:
    """The beginning of its calendar month, in UTC."""
    utc = moment.astimezone(dt.UTC)
    return utc.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def spent_by(teams: Iterable[int], since: dt.datetime) -> dict[int, Decimal]:
    """Spent and set aside since a moment, by team. One query."""
    rows = Reservation.objects.filter(team__in=list(teams), created_at__gte=since)
    sums = rows.values_list("team").annotate(sum=Sum(Coalesce("settled_amount", "amount")))
    return dict(sums)


def left_of(team: Team) -> Decimal | None:
    """What a team may still spend this month; None when it has no budget."""
    return month_for(team).left


def month_for(team: Team) -> TeamMonth:
    return team_months([team])[0]


def team_months(teams: Iterable[Team]) -> list[TeamMonth]:
    """The current month of each team. Four queries, however many teams."""
    found = list(teams)
    ids = [team.pk for team in found]
    since = month_of(database_now())
    limits = dict(Budget.objects.filter(team__in=ids).values_list("team", "month_limit"))
    spent = spent_by(ids, since)
    open_rows = Reservation.objects.filter(team__in=ids, created_at__gte=since, settled_at=None)
    reserved = dict(open_rows.values_list("team").annotate(sum=Sum("amount")))
    return [
        TeamMonth(
            team, limits.get(team.pk), spent.get(team.pk, NOTHING), reserved.get(team.pk, NOTHING)
        )
        for team in found
    ]
