"""What became of a suite between two versions, and whether it asks less than before. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.text import listing
from apps.evaluations.checks import KINDS, check_words

SHOWN = 5  # of each sort, by name
Part = Mapping[str, Any]  # a case or a check of a suite's document


@dataclass(frozen=True)
class SuiteChange:
    """How many of each, and `lines`: which. `easier`: something asks less of an answer."""

    easier: bool
    counts: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def sentence(self) -> str:
        words = _("This suite changed since the last approved release: %(what)s.")
        return words % {"what": ", ".join(self.counts)}


@dataclass
class _Found:
    easier: list[tuple[str, list[str]]] = field(default_factory=list)
    other: list[tuple[str, list[str]]] = field(default_factory=list)


def suite_change(before: Part, after: Part) -> SuiteChange | None:
    """Between two documents of a suite; None where both ask the same."""
    found = _Found()
    _cases(found, _by_key(before["cases"]), _by_key(after["cases"]))
    _checks(found, _by_key(before["checks"]), _by_key(after["checks"]))
    _threshold(found, before["threshold"], after["threshold"])
    both = [*found.easier, *found.other]
    if not both:
        return None
    lines = [line for _count, shown in both for line in shown]
    return SuiteChange(bool(found.easier), tuple(count for count, _shown in both), tuple(lines))


def _by_key(parts: Iterable[Part]) -> dict[str, Part]:
    return {part["key"]: part for part in parts}


def _cases(found: _Found, before: dict[str, Part], after: dict[str, Part]) -> None:
    gone = [part for key, part in before.items() if key not in after]
    come = [part for key, part in after.items() if key not in before]
    both = [(part, after[key]) for key, part in before.items() if key in after]
    expected = [old for old, new in both if old["expected"] != new["expected"]]
    values = [
        old
        for old, new in both
        if old["expected"] == new["expected"] and old["values"] != new["values"]
    ]
    if gone:
        words = ngettext("%(n)s case removed", "%(n)s cases removed", len(gone))
        found.easier.append(_told(words, gone, _("Removed: %(what)s")))
    if expected:
        words = ngettext(
            "%(n)s expected answer changed", "%(n)s expected answers changed", len(expected)
        )
        found.other.append(_told(words, expected, _("Expects something else: %(what)s")))
    if values:
        words = ngettext("%(n)s case changed", "%(n)s cases changed", len(values))
        found.other.append(_told(words, values, _("Asks something else: %(what)s")))
    if come:
        words = ngettext("%(n)s case added", "%(n)s cases added", len(come))
        found.other.append((words % {"n": len(come)}, []))


def _told(words: str, cases: list[Part], line: str) -> tuple[str, list[str]]:
    names = [f"“{_name(case)}”" for case in cases[:SHOWN]]
    if len(cases) > SHOWN:
        names.append(_("%(n)s more") % {"n": len(cases) - SHOWN})
    return words % {"n": len(cases)}, [line % {"what": listing(names)}]


def _name(case: Part) -> str:
    said = case["name"] or next((str(value) for value in case["values"].values() if value), "")
    return said if len(said) <= 60 else f"{said[:59]}…"


# --- checks ----------------------------------------------------------------------------------


def _checks(found: _Found, before: dict[str, Part], after: dict[str, Part]) -> None:
    gone = [part for key, part in before.items() if key not in after]
    come = [part for key, part in after.items() if key not in before]
    looser, stricter, other = [], [], []
    for key, old in before.items():
        way = _way(old, after[key]) if key in after else "same"
        pair = (old, after.get(key, old))
        {"looser": looser, "stricter": stricter, "other": other, "same": []}[way].append(pair)
    if gone:
        words = ngettext("%(n)s check removed", "%(n)s checks removed", len(gone))
        lines = [_("Removed: %(what)s") % {"what": _sentence(one)} for one in gone[:SHOWN]]
        found.easier.append((words % {"n": len(gone)}, lines))
    if looser:
        words = ngettext("%(n)s check loosened", "%(n)s checks loosened", len(looser))
        found.easier.append((words % {"n": len(looser)}, _pairs(looser)))
    if other:
        words = ngettext("%(n)s check changed", "%(n)s checks changed", len(other))
        found.other.append((words % {"n": len(other)}, _pairs(other)))
    if stricter:
        words = ngettext("%(n)s check tightened", "%(n)s checks tightened", len(stricter))
        found.other.append((words % {"n": len(stricter)}, _pairs(stricter)))
    if come:
        words = ngettext("%(n)s check added", "%(n)s checks added", len(come))
        found.other.append((words % {"n": len(come)}, []))


def _way(old: Part, new: Part) -> str:
    """Looser only where every difference asks less; a weight shifts what counts, so it is other."""
    ways = {_number_way(*pair) for pair in _differences(old, new)}
    if old["required"] != new["required"]:
        ways.add("looser" if old["required"] else "stricter")
    if old["weight"] != new["weight"]:
        ways.add("other")
    if not ways:
        return "same"
    return ways.pop() if len(ways) == 1 else "other"


def _differences(old: Part, new: Part) -> list[tuple[str, Any, Any]]:
    """(which way is stricter, before, after) of each setting that differs."""
    kind = KINDS.get(old["kind"])
    if kind is None or old["kind"] != new["kind"]:
        return [("", 0, 1)] if old["settings"] != new["settings"] else []
    was, now = kind.filled(old["settings"]), kind.filled(new["settings"])
    fields = [one for one in kind.fields if was[one.name] != now[one.name]]
    return [(one.stricter, was[one.name], now[one.name]) for one in fields]


def _number_way(stricter: str, was: Any, now: Any) -> str:
    """A bound that is gone asks less."""
    if not stricter:
        return "other"
    if now is None or was is None:
        return "looser" if now is None else "stricter"
    return "stricter" if (now > was) == (stricter == "more") else "looser"


def _pairs(pairs: list[tuple[Part, Part]]) -> list[str]:
    return [f"{_sentence(old)} → {_sentence(new)}" for old, new in pairs[:SHOWN]]


def _sentence(check: Part) -> str:
    said = check_words(check["kind"], check["settings"])
    if check["required"]:
        said = _("%(check)s (required)") % {"check": said}
    if check["weight"] != 1:
        said = _("%(check)s (weight %(n)s)") % {"check": said, "n": f"{check['weight']:g}"}
    return f"“{said}”"


def _threshold(found: _Found, was: float | None, now: float | None) -> None:
    """None asks for every check."""
    old, new = 1.0 if was is None else was, 1.0 if now is None else now
    if old == new:
        return
    percents = {"old": f"{old * 100:g}", "new": f"{new * 100:g}"}
    words = _("a case needs %(new)s %% of the score, no longer %(old)s %%") % percents
    (found.easier if new < old else found.other).append((words, []))
