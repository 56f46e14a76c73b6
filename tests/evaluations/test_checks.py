from __future__ import annotations

import pytest

from apps.evaluations.checks import KINDS, Answered, CaseValues
from tests.evaluations.judging import state, verdict

PASS, FAIL, OPEN = "pass", "fail", "could_not_run"
GOOD_SETTINGS = {
    "pattern": {"pattern": "x"},
    "json_schema": {"schema": "{}"},
    "json_field": {"path": "a"},
    "number_within": {"low": 1},
    "word_count": {"most": 5},
    "language": {"language": "en"},
    "judge_question": {"question": "Is it kind?"},
    "judge_score": {"rubric": "Kind"},
    "judge_pair": {"criterion": "Kind"},
    "person_choice": {"choices": ["good", "bad"], "good": ["good"]},
}


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_has_a_sentence_a_form_and_takes_its_own_defaults(code):
    kind, settings = KINDS[code], GOOD_SETTINGS.get(code, {})

    assert kind.code == code
    assert kind.validate(settings) == {}
    assert kind.sentence(settings)[0].isupper()
    assert kind.validate({"colour": "red"}) == {"colour": "This kind has no such setting."} | {
        name: sentence
        for name, sentence in kind.validate({}).items()
        if any(field.name == name and field.required for field in kind.fields)
    }
    given = kind.judge(Answered(""), CaseValues({}, ""), settings)
    assert given.state in (PASS, FAIL, OPEN)


@pytest.mark.parametrize(
    ("expected", "code", "text", "more"),
    [
        (PASS, "equals", " Refund\n", {"expected": "refund"}),
        (FAIL, "equals", "refunds", {"expected": "refund"}),
        (FAIL, "equals", "Refund", {"expected": "refund", "ignore_case": False}),
        (FAIL, "equals", "a  b", {"text": "a b", "ignore_spaces": False}),
        (PASS, "equals", "Hello Ana", {"text": "Hello {{name}}", "values": {"name": "Ana"}}),
        (OPEN, "equals", "anything", {}),
        (PASS, "contains", "In 5\ndays", {"texts": ["5 days", "in"]}),
        (FAIL, "contains", "In 5 days", {"texts": ["5 days", "3 days"]}),
        (PASS, "contains", "In 5 days", {"texts": ["5 days", "3 days"], "how": "any"}),
        (FAIL, "contains", "In 9 days", {"texts": ["5 days", "3 days"], "how": "any"}),
        (PASS, "contains", "In 9 days", {"texts": ["5 days", "3 days"], "how": "none"}),
        (FAIL, "contains", "In 5 days", {"texts": ["5 days"], "how": "none"}),
        (PASS, "contains", "the refund", {"expected": "Refund"}),
        (PASS, "starts_with", "Hello Ana", {"text": "hello"}),
        (FAIL, "starts_with", "Oh hello", {"text": "hello"}),
        (PASS, "pattern", "Your case is R-20655.", {"pattern": r"R-\d{5}"}),
        (FAIL, "pattern", "Your case is open.", {"pattern": r"R-\d{5}"}),
        (FAIL, "pattern", "It is R-20655", {"pattern": r"R-\d{5}", "how": "whole"}),
        (PASS, "pattern", "nothing", {"pattern": "within 3 days", "how": "absent"}),
        (FAIL, "pattern", "within 3 days", {"pattern": "within 3 days", "how": "absent"}),
        (PASS, "json_valid", '```json\n{"a": 1}\n```', {}),
        (FAIL, "json_valid", '```json\n{"a": 1}\n```', {"fenced": False}),
        (FAIL, "json_valid", '{"a": NaN}', {}),
        (FAIL, "json_valid", "[" * 100_000, {}),
        (PASS, "json_field", '{"a": {"b": [1, 2]}}', {"path": "a.b[1]", "value": "2"}),
        (FAIL, "json_field", '{"a": {"b": [1, 2]}}', {"path": "a.b[2]", "value": "2"}),
        (PASS, "json_field", '{"late": true}', {"path": "late", "value": "yes"}),
        (PASS, "json_field", '{"kind": "Refund"}', {"path": "kind", "expected": "refund"}),
        (FAIL, "json_field", '{"kind": "card"}', {"path": "kind", "expected": "refund"}),
        (PASS, "number_within", "It costs 1,234.50 €.", {"low": 1234.5, "high": 1234.5}),
        (PASS, "number_within", "Es kostet 1.234,50 €.", {"low": 1234.5, "high": 1234.5}),
        (FAIL, "number_within", "Between 3 and 50", {"which": "all", "low": 1, "high": 9}),
        (PASS, "number_within", "Between 3 and 50", {"which": "first", "low": 1, "high": 9}),
        (FAIL, "number_within", "no number", {"low": 1}),
        (PASS, "number_within", "about 42", {"expected": "40", "off": 2}),
        (FAIL, "number_within", "about 43", {"expected": "40", "off": 2}),
        (PASS, "word_count", "one two three", {"least": 3, "most": 3}),
        (FAIL, "word_count", "one two three", {"most": 2}),
        (PASS, "word_count", "One. Two! Three?", {"most": 3, "unit": "sentences"}),
        (FAIL, "word_count", "Hello", {"most": 4, "unit": "characters"}),
        (PASS, "language", "Your refund was approved and will arrive soon.", {"language": "en"}),
        (FAIL, "language", "Ihre Rückerstattung wurde heute genehmigt.", {"language": "en"}),
        (PASS, "language", "您的退款已获批准，将在五天内到账", {"language": "zh"}),
        (OPEN, "language", "ok", {"language": "en"}),
        (PASS, "language", "O reembolso foi aprovado em 12 de novembro.",
         {"variable": "m", "values": {"m": "Obrigado pela mensagem, onde está o reembolso?"}}),
        (FAIL, "language", "Your refund was approved on 12 November.",
         {"variable": "m", "values": {"m": "Obrigado pela mensagem, onde está o reembolso?"}}),
        (PASS, "wording", "The refund takes 5 days", {"expected": "The refund takes 6 days"}),
        (FAIL, "wording", "No", {"expected": "The refund takes 6 days"}),
        (PASS, "no_personal_data", "Write to support@example.com", {}),
        (FAIL, "no_personal_data", "Write to ana.moreno@alderbank.eu", {}),
        (PASS, "no_personal_data", "Dear ana.moreno@alderbank.eu",
         {"values": {"m": "I am Ana.Moreno@alderbank.eu"}}),
        (FAIL, "no_personal_data", "Card 4111 1111 1111 1111", {}),
        (PASS, "refusal", "I'm sorry, but I can’t help with that.", {}),
        (PASS, "refusal", "Leider kann ich dabei nicht helfen.", {}),
        (FAIL, "refusal", "Your refund takes 5 days. I cannot name the exact day.", {}),
        (PASS, "refusal", "Your refund takes 5 days.", {"wanted": "answers"}),
        (FAIL, "refusal", "I cannot share that information.", {"wanted": "answers"}),
    ],
)  # fmt: skip
def test_check_judges(expected, code, text, more):
    assert state(code, text, **more) == expected


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("card_lost", True),
        ("Card_Lost.", True),
        ("Label: `card_lost`", True),
        ("The intent is card_lost, I think", True),
        ("card", False),
        ("card_lost or card_stolen", False),
        ("card_lost_abroad", False),
        ("", False),
    ],
)
def test_label_reads_the_one_label_that_is_named(answer, right):
    labels = ["card_lost", "card_stolen", "card_lost_abroad", "card"]

    given = verdict("label", answer, "card_lost", labels=labels)

    assert given.state == (PASS if right else FAIL)
    assert given.data["expected"] == "card_lost"
    assert (given.data["answered"] == "card_lost") is right


def test_label_alone_is_all_of_the_answer():
    assert state("label", "It is card_lost", "card_lost", only=True) == FAIL
    assert state("label", "card_lost", "card_lost", only=True) == PASS


@pytest.mark.parametrize(
    ("expected", "code", "settings"),
    [
        (PASS, "latency", {"seconds": 1.5}),
        (FAIL, "latency", {"seconds": 1.4}),
        (PASS, "cost", {"dollars": 0.002}),
        (FAIL, "cost", {"dollars": 0.001}),
        (PASS, "tokens", {"most": 80}),
        (FAIL, "tokens", {"most": 80, "which": "all"}),
    ],
)
def test_limits_judge_what_was_measured_and_nothing_else(expected, code, settings):
    measured = Answered("x", latency_ms=1500, cost=0.002, input_tokens=20, output_tokens=80)

    assert KINDS[code].judge(measured, CaseValues(), settings).state == expected
    assert KINDS[code].judge(Answered("x"), CaseValues(), settings).state == OPEN


@pytest.mark.parametrize(
    ("code", "settings", "field"),
    [
        ("pattern", {"pattern": "(a"}, "pattern"),
        ("pattern", {"pattern": r"(?=a)b"}, "pattern"),
        ("pattern", {"pattern": r"(a)\1"}, "pattern"),
        ("pattern", {"pattern": "x" * 1001}, "pattern"),
        ("pattern", {"pattern": ""}, "pattern"),
        ("number_within", {}, "low"),
        ("number_within", {"low": 2, "high": 1}, "high"),
        ("number_within", {"low": float("nan")}, "low"),
        ("word_count", {"least": 3, "most": 2}, "most"),
        ("language", {}, "variable"),
        ("wording", {"at_least": 2}, "at_least"),
        ("wording", {"at_least": None}, "at_least"),
        ("wording", {"at_least": True}, "at_least"),
        ("contains", {"texts": [1]}, "texts"),
        ("judge_score", {"rubric": "Kind", "high": 3, "at_least": 4}, "at_least"),
        ("person_choice", {"choices": ["a", "b"], "good": ["c"]}, "good"),
        ("starts_with", {"text": "a\nb"}, "text"),
    ],
)
def test_settings_that_cannot_be_are_said_by_field(code, settings, field):
    assert list(KINDS[code].validate(settings)) == [field]


def test_an_answer_of_ten_megabytes_could_not_be_judged_and_is_no_fail():
    answer = "word " * 2_000_000

    states = {code: state(code, answer, "x", **GOOD_SETTINGS.get(code, {})) for code in KINDS}

    assert set(states.values()) == {OPEN}
    assert state("equals", answer[:1000], answer[:1000]) == PASS


@pytest.mark.parametrize(
    ("code", "ratings", "expected"),
    [
        ("person_thumbs", [], OPEN),
        ("person_thumbs", [True, True, False], PASS),
        ("person_thumbs", [True, False], FAIL),
        ("person_scale", [4, 4], PASS),
        ("person_scale", [4, 3], FAIL),
        ("person_scale", [6], OPEN),
        ("person_choice", ["good"], PASS),
        ("person_choice", ["bad"], FAIL),
        ("person_choice", ["strange"], OPEN),
    ],
)
def test_ratings_of_people_make_a_verdict(code, ratings, expected):
    given = KINDS[code].rate(ratings, GOOD_SETTINGS.get(code, {}))

    assert given.state == expected
