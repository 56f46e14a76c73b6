"""The effect of a change in words: tokens, the price of a call, the contract."""

from __future__ import annotations

from typing import Any

import pytest

from apps.prompts.content import new_block, new_variable
from apps.prompts.queries import cost_in_words, effect
from apps.prompts.templatetags.stretches import named_parts
from tests.llm.provided import PRICES, connected_model
from tests.prompts.documents import document
from tests.teams.people import open_office

pytestmark = pytest.mark.django_db  # prices that were set are rows
KEY = "6a1b8c1e-0000-4000-8000-000000000001"


def saying(body: str, model: str = "", **parameters: Any):
    block = new_block("instructions", body=body, key=KEY)
    models = [{"model": model, "parameters": parameters, "overrides": {}}] if model else []
    return document(block, models=models)


def test_effect_names_tokens_price_and_what_breaks():
    old = saying("Be brief.", "openai/gpt-4o-mini")
    new = saying("Be brief and kind to everyone. " * 40, "openai/gpt-4o-mini")
    new["variables"] = [new_variable("order_id", required=True)]

    found = effect(old, new)

    assert "more tokens" in found.tokens
    assert found.cost.startswith("About 0.0")
    assert "a call instead of less than 0.001" in found.cost
    assert found.cost.endswith("Prices of 9 Nov 2026.")
    assert [clause.sentence for clause in found.contract] == [
        "Applications that do not send `order_id` will fail."
    ]


def test_effect_of_the_same_text_is_said_as_such():
    same = saying("Be brief.")

    found = effect(same, same)

    assert (found.tokens, found.cost, found.contract) == ("As many tokens as before", "", [])


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        (saying("Hi"), ""),
        (saying("Hi", "eu-small-2"), "The price of eu-small-2 is not set."),
        (saying("Hi", "openai/gpt-4o-mini"),
         "About 15\u00a0¢ a call with openai/gpt-4o-mini: what is sent, without the answer."
         " Prices of 9 Nov 2026."),
        (saying("Hi", "openai/gpt-4o-mini", max_tokens=1_000_000),
         "About 75\u00a0¢ a call with openai/gpt-4o-mini: what is sent, and an answer of 1000000"
         " tokens, the longest allowed. Prices of 9 Nov 2026."),
        (saying("Hi", "openai/gpt-4o-mini", max_tokens="many"),
         "About 15\u00a0¢ a call with openai/gpt-4o-mini: what is sent, without the answer."
         " Prices of 9 Nov 2026."),
    ],
)  # fmt: skip
def test_price_of_a_call_says_what_it_counts(prompt, words):
    assert cost_in_words(prompt, 1_000_000) == words


def test_names_in_a_sentence_are_told_from_its_words():
    assert named_parts("Send `a` and `b`.") == [
        ("Send ", False), ("a", True), (" and ", False), ("b", True), (".", False)
    ]  # fmt: skip


def test_price_that_was_set_here_goes_before_the_list():
    office = open_office()
    connected_model(office.admin, "openai/gpt-4o-mini", **PRICES)

    said = cost_in_words(saying("Hi", "openai/gpt-4o-mini"), 1_000_000)

    assert said == (
        "About $2.00 a call with openai/gpt-4o-mini: what is sent, without the answer."
        " By the prices that this installation set."
    )
