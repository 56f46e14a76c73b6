"""Figures in words: numbers with their units, and how much more or less. Pure."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.llm.prices import money

NBSP = "\u00a0"


def number(value: int) -> str:
    return f"{value:,}"


def percent(share: float | None, digits: int = 1) -> str:
    """0.0123 → "1.2 %"; what is not zero is never shown as zero."""
    if share is None:
        return "–"
    least = 10.0**-digits / 100
    if 0 < share < least:
        return _("under %(n)s %%") % {"n": f"{least * 100:.{digits}f}"}
    text = f"{share * 100:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}{NBSP}%"


def duration(milliseconds: float | None) -> str:
    """ "210 ms", "1.8 s", "2 min"."""
    if milliseconds is None:
        return "–"
    if milliseconds < 1000:
        return f"{milliseconds:.{0 if milliseconds >= 10 else 1}f}{NBSP}ms"
    seconds = milliseconds / 1000
    if seconds < 120:
        return f"{seconds:.{1 if seconds < 10 else 0}f}".removesuffix(".0") + f"{NBSP}s"
    return f"{seconds / 60:.0f}{NBSP}min"


def cost(amount: Decimal | None) -> str:
    """Sums in dollars and cents; what a call costs, in cents with two digits."""
    if amount is None:
        return "–"
    return f"${amount:,.2f}" if amount >= Decimal("0.1") or amount == 0 else money(amount)


def change(now: float, before: float) -> str:
    """How much more or less than the time before, in words."""
    if not before:
        return _("nothing to compare with") if not now else _("none in the time before")
    ratio = now / before - 1
    if abs(ratio) < 0.005:
        return _("as much as in the time before")
    if ratio >= 1:
        return _("%(times)s times as much as in the time before") % {"times": f"{ratio + 1:.1f}"}
    words = _("%(n)s more than in the time before") if ratio > 0 else None
    words = words or _("%(n)s less than in the time before")
    return words % {"n": percent(abs(ratio), 0)}


def points(now: float | None, before: float | None) -> str:
    """The same of shares: in percentage points."""
    if now is None or before is None:
        return _("nothing to compare with")
    difference = (now - before) * 100
    if abs(difference) < 0.05:
        return _("as in the time before")
    few = f"{abs(difference):.1f}".rstrip("0").rstrip(".")
    unit = ngettext("%(n)s point", "%(n)s points", 1 if few == "1" else 2) % {"n": few}
    words = _("%(n)s more than in the time before") if difference > 0 else None
    return (words or _("%(n)s less than in the time before")) % {"n": unit}
