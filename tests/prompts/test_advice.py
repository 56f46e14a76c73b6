"""Advice beyond braces and secrets: numbers that contradict, personal data, a missing refusal."""

from __future__ import annotations

import random
import time

import pytest

from apps.prompts.content import new_block
from apps.prompts.contradictions import contradictions
from apps.prompts.lint import lint
from apps.prompts.personal import personal_data
from tests.prompts.contradicting import AGREE, CONTRADICT
from tests.prompts.documents import document, histories


def pairs(first: str, second: str) -> int:
    return len(contradictions([("a", first), ("b", second)]))


@pytest.mark.parametrize(("first", "second"), CONTRADICT)
def test_numbers_that_contradict_are_found_in_either_order(first, second):
    assert (pairs(first, second), pairs(second, first)) == (1, 1)


@pytest.mark.parametrize(("first", "second"), AGREE)
def test_numbers_that_can_both_hold_are_left_alone(first, second):
    assert (pairs(first, second), pairs(second, first)) == (0, 0)


def test_few_of_the_real_prompts_are_said_to_contradict_themselves():
    """Measured, so that a change of the heuristic is seen: 12 real prompts, none contradicts."""
    texts = [history["versions"][-1]["text"] for history in histories()]

    assert [text for text in texts if contradictions([("a", text)])] == []


def test_contradiction_names_both_sentences_and_leads_to_the_second():
    first = new_block("instructions", body="A refund takes 14 days.", key="one")
    second = new_block("guardrails", body="Say that the refund takes 30 days.", key="two")

    (finding,) = lint(document(first, second))

    assert tuple(finding) == (
        "yellow",
        "contradiction",
        "two",
        "Instructions and Guardrails may contradict: “A refund takes 14 days” here,"
        " “Say that the refund takes 30 days” there.",
    )


@pytest.mark.parametrize("kind", ["input", "examples", "note"])
def test_what_the_model_is_not_told_contradicts_nothing(kind):
    first = new_block("instructions", body="A refund takes 14 days.", key="one")
    other = new_block(kind, body="Say that the refund takes 30 days.", key="two")
    off = new_block("role", body="Say that the refund takes 30 days.", key="three", enabled=False)

    assert [f for f in lint(document(first, other, off)) if f.code == "contradiction"] == []


# Numbers of the standards' own examples, and ones with a digit changed.
@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Write to sara.okafor@alder-bank.co.uk", ["an e-mail address"]),
        ("Write to support@alder-bank.co.uk or info@alder.com", []),
        ("Write to ana@example.com, bo@mail.test", []),
        ("Call +44 20 7946 0958 or (+49) now", ["a telephone number"]),
        ("Order 20794609580012 and 2026-11-21", []),
        ("GB29 NWBK 6016 1331 9268 19", ["an account number"]),
        ("DE89370400440532013000", ["an account number"]),
        ("GB29 NWBK 6016 1331 9268 18", []),
        ("4111 1111 1111 1111", ["a card number"]),
        ("4111-1111-1111-1112", []),
        ("{{email}} and name@host", []),
    ],
)
def test_personal_data_is_told_from_what_only_looks_like_it(text, kinds):
    assert [kind for kind, _found in personal_data(text)] == kinds


def test_personal_data_is_advice_that_names_the_block():
    block = new_block("context", body="Ask sara.okafor@alder-bank.co.uk", key="k")

    assert [tuple(finding) for finding in lint(document(block))] == [
        (
            "yellow",
            "personal_data",
            "k",
            "Context holds an e-mail address. Use a variable or an invented one, unless it is"
            " public.",
        )
    ]


@pytest.mark.parametrize(
    ("body", "level"),
    [
        ("Call +49 30 901820", "yellow"),
        ("Charge 4111 1111 1111 1111", "red"),
        ("Pay to DE89 3704 0044 0532 0130 00", "red"),
    ],
)
def test_what_check_digits_prove_stops_a_release(body, level):
    (finding,) = lint(document(new_block("context", body=body, key="k")))

    assert (finding.code, finding.level) == ("personal_data", level)


def examples(*answers: str):
    rows = [{"input": "Q", "output": answer} for answer in answers]
    return new_block("examples", key="e", rows=rows)


@pytest.mark.parametrize(
    ("answers", "limits", "missing"),
    [
        (["Your card comes on Monday, as we said."], "Never promise a date.", True),
        (["I cannot promise a date, but I will ask for you."], "Never promise a date.", False),
        (["Could you send me the order number first?"], "Never promise a date.", False),
        (["block now", "dispute"], "Never promise a date.", False),
        (["Your card comes on Monday, as we said."], "", False),
    ],
)
def test_limits_want_an_example_that_keeps_to_them(answers, limits, missing):
    guardrails = new_block("guardrails", body=limits, key="g")

    codes = [finding.code for finding in lint(document(guardrails, examples(*answers)))]

    assert ("no_refusal" in codes) == missing


def test_answers_that_are_data_need_no_refusal():
    answers = examples("Your card comes on Monday, as we said.")
    limits = new_block("guardrails", body="Never promise a date.", key="g")
    output = {"format": "list", "json_schema": None}

    assert lint(document(limits, answers, output=output)) == []


HOSTILE = {
    "days": "A refund takes 14 days. ",
    "at": "a@" * 3,
    "dots": "a@a." + "a." * 20,
    "digits": "4" * 40,
    "spaces": "4 " * 30,
    "plus": "+1" + " (" * 10,
    "iban": "GB29 " + "AAAA " * 9,
    "words": "within at least " * 4,
    "no end": "a b c d ",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_length_alone(name):
    """Eight times the text takes about eight times as long; a square would take sixty-four."""
    piece = HOSTILE[name]

    def spent(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        best = []
        for _ in range(3):
            start = time.perf_counter()
            list(personal_data(text))
            contradictions([("a", text)])
            best.append(time.perf_counter() - start)
        return min(best)

    assert spent(256 * 1024) < 30 * spent(32 * 1024) + 0.05


def test_order_of_blocks_changes_no_finding():
    bodies = [first for pair in CONTRADICT for first in pair]
    blocks = [new_block("instructions", body=body, key=str(n)) for n, body in enumerate(bodies)]
    shuffled = random.Random(7).sample(blocks, len(blocks))

    def found(order):
        texts = [(block["key"], block["body"]) for block in order]
        return {frozenset((c.first.place, c.second.place)) for c in contradictions(texts)}

    assert found(blocks) == found(shuffled)
