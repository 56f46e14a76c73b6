"""What a rule says, as one value: compared, shown and recorded without the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.text import listing
from apps.environments.states import OnLastApproval

MAX_APPROVALS = 9
MAX_DAYS = 365


@dataclass(frozen=True)
class Terms:
    """The terms of a rule. `teams` are (id, name); none of them: anyone with `review`."""

    approvals: int
    teams: frozenset[tuple[int, str]]
    on_last_approval: str
    own_approval: bool
    in_order: bool
    approvals_survive: bool
    approval_days: int = 14
    roll_back_approved: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "approvals": self.approvals,
            "teams": sorted(pk for pk, _name in self.teams),
            "on_last_approval": str(self.on_last_approval),
            "own_approval": self.own_approval,
            "in_order": self.in_order,
            "approvals_survive": self.approvals_survive,
            "approval_days": self.approval_days,
            "roll_back_approved": self.roll_back_approved,
        }


def loosened(before: Terms, after: Terms) -> list[str]:
    """What `after` asks less of than `before`, in sentences; none when it is no looser."""
    return [sentence for less, sentence in _losses(before, after) if less]


def _losses(before: Terms, after: Terms) -> Iterator[tuple[bool, str]]:
    yield after.approvals < before.approvals, _("Fewer approvals would be enough.")
    wider = bool(before.teams) and not (after.teams and after.teams <= before.teams)
    yield wider, _("People of more teams could approve.")
    by_itself = after.on_last_approval == OnLastApproval.RELEASE
    was_waiting = before.on_last_approval == OnLastApproval.WAIT
    yield by_itself and was_waiting, _("The last approval would release by itself.")
    yield after.own_approval > before.own_approval, _("People could approve their own text.")
    yield before.in_order > after.in_order, _("The environments before it could be skipped.")
    survives = after.approvals_survive > before.approvals_survive
    yield survives, _("Approvals would stand although another version went live.")
    yield after.approval_days > before.approval_days, _("Older approvals would count.")
    asked = before.roll_back_approved > after.roll_back_approved
    yield asked, _("A roll back would need no approval.")


def sentence(environment: str, terms: Terms) -> str:
    """The rule in words: "Production needs 1 approval from Support leads. …"."""
    if terms.approvals == 0:
        return _("%(place)s needs no approval.") % {"place": environment}
    names = sorted(name for _pk, name in terms.teams)
    words = {
        "place": environment,
        "n": terms.approvals,
        "teams": listing(names, _("or")),
    }
    needs = (
        ngettext(
            "%(place)s needs %(n)s approval from %(teams)s",
            "%(place)s needs %(n)s approvals from %(teams)s",
            terms.approvals,
        )
        if names
        else ngettext(
            "%(place)s needs %(n)s approval", "%(place)s needs %(n)s approvals", terms.approvals
        )
    )
    said = [f"{needs % words}, {_whose(terms)}.", _how_old(terms), _afterwards(terms)]
    return " ".join([*said, *_back(terms)])


def _whose(terms: Terms) -> str:
    if terms.own_approval:
        return _("also from people who edited the text")
    return _("not from anyone who edited the text")


def _afterwards(terms: Terms) -> str:
    if terms.on_last_approval == OnLastApproval.RELEASE:
        return _("It goes live with the last approval.")
    return _("After the last approval it waits for a releaser.")


def _how_old(terms: Terms) -> str:
    words = ngettext(
        "An approval counts for %(n)s day.", "An approval counts for %(n)s days.",
        terms.approval_days,
    )  # fmt: skip
    return words % {"n": terms.approval_days}


def _back(terms: Terms) -> list[str]:
    return [_("A roll back needs the approvals, too.")] if terms.roll_back_approved else []
