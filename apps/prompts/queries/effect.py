"""What a change costs and breaks: tokens, price of a call, and the contract with applications."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.llm.prices import AS_OF, money
from apps.llm.queries import has_own_price, price_of
from apps.prompts.content import Document
from apps.prompts.contract import Clause, contract_changes
from apps.prompts.queries.preview import preview


@dataclass(frozen=True)
class Effect:
    """Each in words; `cost` is "" while no model is chosen."""

    tokens: str
    cost: str
    contract: list[Clause]
    others: tuple[str, ...] = ()  # of each model beside the first


def effect(old: Document | None, new: Document) -> Effect:
    """What it means that `new` takes the place of `old` (None: nothing was there)."""
    before = preview(old).tokens if old is not None else None
    after = preview(new).tokens
    return Effect(
        tokens_in_words(before, after),
        _cost_change(old, new, before, after),
        contract_changes(old, new),
        tuple(_of_model(old, new, model["model"]) for model in new["models"][1:]),
    )


def _of_model(old: Document | None, new: Document, name: str) -> str:
    """ "acme/small: 46 more tokens (6 %). About 0.31 ¢ a call with acme/small …"."""
    had = old is not None and any(model["model"] == name for model in old["models"])
    before = preview(old, model=name).tokens if old is not None and had else None
    after = preview(new, model=name).tokens
    return f"{name}: {tokens_in_words(before, after)}. {cost_in_words(new, after, name)}"


def tokens_in_words(before: int | None, after: int) -> str:
    """ "46 more tokens (6 %)"."""
    if before is None:
        return ngettext("%(n)d token", "%(n)d tokens", after) % {"n": after}
    if before == after:
        return _("As many tokens as before")
    more, less = (
        ngettext("%(n)d more token", "%(n)d more tokens", abs(after - before)),
        ngettext("%(n)d fewer token", "%(n)d fewer tokens", abs(after - before)),
    )
    said = (more if after > before else less) % {"n": abs(after - before)}
    share = round(100 * abs(after - before) / before) if before else 0
    return f"{said} ({share}\u00a0%)" if share else said


def cost_in_words(document: Document, tokens: int, name: str | None = None) -> str:
    """Of the named model, else of the first:
    "About 0.31 ¢ a call with gpt-4o: what is sent, without the answer. Prices of …"."""
    named = [model for model in document["models"] if model["model"] == name]
    model = named[0] if named else _first_model(document)
    if model is None:
        return ""
    cost = _cost(model, tokens)
    if cost is None:
        return _("The price of %(model)s is not set.") % {"model": model["model"]}
    said = _("About %(cost)s a call with %(model)s")
    words = said % {"cost": money(cost), "model": model["model"]}
    return f"{words}: {_counted(model)}. {_dated(model)}"


def _cost_change(old: Document | None, new: Document, before: int | None, after: int) -> str:
    model, former = _first_model(new), _first_model(old) if old is not None else None
    if model is None or former is None or before is None:
        return cost_in_words(new, after)
    was, now = _cost(former, before), _cost(model, after)
    if was is None or now is None or was == now:
        return cost_in_words(new, after)
    said = _("About %(now)s a call instead of %(was)s")
    words = said % {"now": money(now), "was": money(was)}
    return f"{words}: {_counted(model)}. {_dated(model)}"


def _first_model(document: Document) -> dict[str, Any] | None:
    """A fetch that names no model takes the first (domain.md)."""
    return document["models"][0] if document["models"] else None


def _cost(model: dict[str, Any], sent: int) -> Decimal | None:
    return price_of(str(model["model"]), sent, _longest_answer(model) or 0)


def _longest_answer(model: dict[str, Any]) -> int | None:
    """The limit that the prompt sets. Nothing is known of real answers before there are runs."""
    most = model["parameters"].get("max_tokens")
    return most if isinstance(most, int) and not isinstance(most, bool) and most > 0 else None


def _counted(model: dict[str, Any]) -> str:
    most = _longest_answer(model)
    if most is None:
        return _("what is sent, without the answer")
    words = ngettext(
        "what is sent, and an answer of %(n)d token, the longest allowed",
        "what is sent, and an answer of %(n)d tokens, the longest allowed",
        most,
    )
    return words % {"n": most}


def _dated(model: dict[str, Any]) -> str:
    if has_own_price(str(model["model"])):
        return _("By the prices that this installation set.")
    return _("Prices of %(day)s.") % {"day": formats.date_format(AS_OF, "j M Y")}
