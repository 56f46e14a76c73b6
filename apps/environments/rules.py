"""What a rule says, as one value: compared, shown and recorded without the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.text import listing
from apps.environments.freeze_words import in_words
from apps.environments.freezes import Freeze, freeze_from, is_past
from apps.environments.states import OnLastApproval
from apps.prompts.content import BLOCK_LABELS

MAX_APPROVALS = 9
MAX_DAYS = 365


SCALARS = (
    "approvals", "on_last_approval", "own_approval", "in_order", "approvals_survive",
    "approval_days", "roll_back_approved",
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Lock:
    """Blocks of a type whose changes somebody of a team signs."""

    type: str
    team: int
    name: str = field(default="", compare=False)


@dataclass(frozen=True)
class Terms:
    """The terms of a rule. `teams` are (id, name); none of them: anyone with `review`.

    `freezes` and `locks` add to those of the namespaces above; everything else replaces theirs.
    """

    approvals: int
    teams: frozenset[tuple[int, str]]
    on_last_approval: str
    own_approval: bool
    in_order: bool
    approvals_survive: bool
    approval_days: int = 14
    roll_back_approved: bool = False
    freezes: frozenset[Freeze] = frozenset()
    locks: frozenset[Lock] = frozenset()

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
            "freezes": [freeze.as_json() for freeze in sorted(self.freezes)],
            "locks": [{"type": lock.type, "team": lock.team} for lock in sorted(self.locks)],
        }


def terms_from(data: Mapping[str, Any], teams: Mapping[int, str]) -> Terms:
    """Terms as they were written down; `teams` has the names."""
    return Terms(
        **{key: data[key] for key in SCALARS},
        teams=frozenset((pk, teams.get(pk, "?")) for pk in data["teams"]),
        freezes=frozenset(freeze_from(each) for each in data["freezes"]),
        locks=frozenset(
            Lock(each["type"], each["team"], teams.get(each["team"], "?")) for each in data["locks"]
        ),
    )


def loosened(before: Terms, after: Terms, now: dt.datetime | None = None) -> list[str]:
    """What `after` asks less of than `before`, in sentences; none when it is no looser. A freeze
    that is over `now` is no loss."""
    return [sentence for less, sentence in _losses(before, after, now) if less]


def replaced(above: Terms) -> Terms:
    """What a namespace's own rule takes the place of: the freezes and locks above it hold on."""
    return replace(above, freezes=frozenset(), locks=frozenset())


def _losses(before: Terms, after: Terms, now: dt.datetime | None) -> Iterator[tuple[bool, str]]:
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
    for freeze in sorted(before.freezes - after.freezes):
        over = now is not None and is_past(freeze, now)
        yield not over, _("A freeze would go or change: %(freeze)s.") % {"freeze": freeze.name}
    for lock in sorted(before.locks - after.locks):
        words = _("Changes of %(type)s would not need a signature from %(team)s.")
        yield True, words % {"type": type_words(lock.type), "team": lock.name}


def type_words(kind: str) -> str:
    """Blocks of a type inside a sentence: "guardrails"."""
    return str(BLOCK_LABELS.get(kind, kind)).lower()


def sentence(environment: str, terms: Terms) -> str:
    """The rule in words: "Production needs 1 approval from Support leads. …"."""
    said = [f"{needs(environment, terms)}."]
    if terms.approvals:
        said += [_how_old(terms), _afterwards(terms)]
    return " ".join([*said, *_back(terms), *also(terms)])


def needs(environment: str, terms: Terms) -> str:
    """How many approvals, and whose; the beginning of the sentence."""
    if terms.approvals == 0:
        return _("%(place)s needs no approval") % {"place": environment}
    names = sorted(name for _pk, name in terms.teams)
    words = {"place": environment, "n": terms.approvals, "teams": listing(names, _("or"))}
    text = (
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
    return f"{text % words}, {_whose(terms)}"


def also(terms: Terms) -> list[str]:
    """Freezes and locked blocks, a sentence each."""
    frozen = _("Nothing is released %(when)s (%(name)s).")
    signed = _("Changes of %(type)s need a signature from %(team)s.")
    return [
        *[frozen % {"when": in_words(each), "name": each.name} for each in sorted(terms.freezes)],
        *[
            signed % {"type": type_words(each.type), "team": each.name}
            for each in sorted(terms.locks)
        ],
    ]


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
