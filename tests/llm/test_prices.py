from __future__ import annotations

import re
import socket
from datetime import date
from decimal import Decimal
from importlib import metadata, util
from pathlib import Path

import pytest

from apps.llm.prices import AS_OF, PACKAGE, call_cost, call_price, money


def test_known_model_has_the_price_of_the_list():
    assert call_cost("openai/gpt-4o-mini", sent=1_000_000) == Decimal("0.15")
    assert call_cost("gpt-4o-mini", sent=0, answered=1_000_000) == Decimal("0.6")


@pytest.mark.parametrize("model", ["eu-small-2", "nobody/gpt-4o-mini", "", "openai/", "a/b/c"])
def test_model_that_the_list_does_not_know_has_no_price(model):
    assert call_cost(model, sent=1000, answered=10) is None


def test_price_is_found_without_a_network(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a price asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert call_cost("openai/gpt-4o", sent=123, answered=7) is not None
    assert call_cost("openai/never-heard-of", sent=123) is None


def test_date_of_the_prices_is_the_date_of_the_list():
    """Raised with the package: the newest date of the list that was past when it was pinned."""
    assert metadata.version("genai-prices") == PACKAGE
    spec = util.find_spec("genai_prices.data")
    assert spec is not None and spec.origin is not None
    said = re.findall(r"(20\d\d)(?:-|, )(\d+)(?:-|, )(\d+)\b", Path(spec.origin).read_text("utf-8"))
    dates = {date(*map(int, day)) for day in said}

    assert AS_OF in dates
    assert [day for day in dates if AS_OF < day <= date(2026, 11, 21)] == []


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1.204", "$1.20"), ("1234.5", "$1,234.50"), ("0.31", "31\u00a0¢"),
        ("0.031", "3.1\u00a0¢"), ("0.00031", "0.031\u00a0¢"), ("0", "0\u00a0¢"),
        ("0.0000049", "less than 0.001\u00a0¢"),
    ],
)  # fmt: skip
def test_money_is_short(amount, words):
    assert money(Decimal(amount)) == words


@pytest.mark.parametrize(
    "model",
    [
        "openai/gpt-5",
        "gpt-4o-mini",
        "anthropic/claude-sonnet-4-5",
        "google/gemini-2.5-pro",
        "acme/x",
    ],
)
def test_price_of_many_calls_is_the_price_of_each(model):
    for sent, answered in ((0, 0), (120, 40), (200_000, 7), (200_001, 7), (999_999, 1)):
        assert call_price(model, sent, answered) == call_cost(model, sent=sent, answered=answered)
