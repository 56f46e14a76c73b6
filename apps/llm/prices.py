"""What a call costs, by the price list that comes with the package genai-prices. Never the network.

US dollars. A model that the list does not know has no price: callers say so, and never show 0.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

# The newest entry of the list in PACKAGE; a test holds the two together.
PACKAGE = "0.2.3"
AS_OF = date(2026, 11, 9)
CENT = Decimal("0.01")
MILLION = 1_000_000


def call_cost(model: str, *, sent: int, answered: int = 0) -> Decimal | None:
    """US dollars for one call with so many tokens each way; None when the price is not known.

    `model` is a model's id, with or without its provider before a slash ("openai/gpt-4o-mini").
    """
    provider, slash, name = model.rpartition("/")
    return _cost(name, provider if slash else None, sent, answered) if name else None


@lru_cache(maxsize=4096)
def _cost(name: str, provider: str | None, sent: int, answered: int) -> Decimal | None:
    from genai_prices import Usage, calc_price  # the list takes a third of a second to load

    usage = Usage(input_tokens=sent, output_tokens=answered)
    try:
        return calc_price(usage, model_ref=name, provider_id=provider).total_price
    except LookupError:
        return None


def call_price(model: str, sent: int, answered: int) -> Decimal | None:
    """`call_cost` for a great many calls with ever other numbers of tokens."""
    prices = _plain_prices(model)
    if prices is None:
        return call_cost(model, sent=sent, answered=answered)
    one, other = prices
    # Most prices have one step.
    there = one[0][1] if len(one) == 1 else _at(one, sent)
    back = other[0][1] if len(other) == 1 else _at(other, sent)
    return sent * there + answered * back


Steps = list[tuple[int, Decimal]]  # from more than so many tokens sent: dollars for one


def _at(steps: Steps, sent: int) -> Decimal:
    found = steps[0][1]
    for start, price in steps[1:]:
        if sent > start:
            found = price
    return found


@lru_cache(maxsize=1024)
def _plain_prices(model: str) -> tuple[Steps, Steps] | None:
    """Of tokens each way, where that is all there is to a price: no hours, nothing for a request.
    None where it has to be asked for each call."""
    from genai_prices.data_snapshot import get_snapshot
    from genai_prices.types import ModelPrice

    provider, slash, name = model.rpartition("/")
    try:
        _found, known = get_snapshot().find_provider_model(
            name, None, provider if slash else None, None
        )
    except LookupError:
        return None
    price = known.prices
    if not isinstance(price, ModelPrice) or getattr(price, "requests_kcount", None) is not None:
        return None
    sent, answered = _steps(price.input_mtok), _steps(price.output_mtok)
    return (sent, answered) if sent and answered else None


def _steps(price: Any) -> Steps:
    if isinstance(price, Decimal):
        return [(0, price / MILLION)]
    if price is None:
        return []
    tiers = ((tier.start, tier.price / MILLION) for tier in price.tiers)
    return [(0, price.base / MILLION), *tiers]


@lru_cache(maxsize=1024)
def context_window(model: str) -> int | None:
    """How many tokens a model reads at once, by the same list; None when that is not known."""
    from genai_prices.data_snapshot import get_snapshot

    provider, slash, name = model.rpartition("/")
    try:
        _found, known = get_snapshot().find_provider_model(
            name, None, provider if slash else None, None
        )
    except LookupError:
        return None
    return known.context_window


def money(amount: Decimal) -> str:
    """ "$1.20", "0.31 ¢", "less than 0.001 ¢": two significant digits under a dollar."""
    if amount >= 1:
        return f"${amount:,.2f}"
    cents = amount / CENT
    if 0 < cents < CENT / 10:
        return "less than 0.001\u00a0¢"
    digits = max(0, 1 - cents.adjusted()) if cents else 0
    return f"{cents:.{digits}f}\u00a0¢"
