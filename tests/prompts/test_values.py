from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.content import new_variable
from apps.prompts.values import check_value, read_value, typed_text, value_text


def variable(kind: str, **fields: Any) -> dict[str, Any]:
    return new_variable("n", type=kind, choices=("a", "b") if kind == "choice" else (), **fields)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "Ana", "Ana"),
        ("long_text", "a\r\nb", "a\nb"),
        ("number", " 3 ", 3),
        ("number", "0.5", 0.5),
        ("number", "-2e3", -2000.0),
        ("yes_no", "Yes", True),
        ("yes_no", "false", False),
        ("choice", "b", "b"),
        ("list", "a\n- b\n\n  c \n", ["a", "b", "c"]),
        ("json", '{"a": [1]}', {"a": [1]}),
    ],
)
def test_read_value_reads_what_a_person_types(kind: str, typed: str, value: Any) -> None:
    assert read_value(variable(kind), typed) == (value, "")


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("number", "3,5", "“n” must be a number, such as 3 or 0.5."),
        ("number", "nan", "“n” must be a number, such as 3 or 0.5."),
        ("number", "1_000", "“n” must be a number, such as 3 or 0.5."),
        ("number", "9" * 5000, "“n” must be a number, such as 3 or 0.5."),
        ("yes_no", "maybe", "“n” must be yes or no (true or false)."),
        ("choice", "c", "“n” must be one of: a, b."),
        ("json", "{", "“n” must be JSON: objects, lists, texts, numbers, true, false, null."),
        (
            "json",
            "[" * 100_000,
            "“n” must be JSON: objects, lists, texts, numbers, true, false, null.",
        ),
        ("text", "", "“n” needs a value."),
    ],
)
def test_read_value_says_what_does_not_fit(kind: str, typed: str, sentence: str) -> None:
    assert read_value(variable(kind), typed)[1] == sentence
    assert read_value(variable(kind, required=False), "") == (None, "")


def test_a_text_is_measured_in_characters() -> None:
    short = variable("text", max_length=3)

    assert check_value(short, "👍👍👍") == ""
    assert check_value(short, "four") == "“n” holds 4 characters; at most 3 are allowed."
    assert check_value(variable("text"), "x" * 1024 * 1024) == ""
    assert "at most 1,048,576" in check_value(variable("text"), "x" * (1024 * 1024 + 1))


def test_a_long_list_of_choices_is_cut_in_the_sentence() -> None:
    many = new_variable("n", type="choice", choices=[str(i) for i in range(11)])

    assert check_value(many, "x") == "“n” must be one of: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …."


@given(st.integers(-(10**20), 10**20) | st.floats(-1e300, 1e300))
def test_numbers_typed_come_back(number: float) -> None:
    shown = typed_text(variable("number"), number)

    assert read_value(variable("number"), shown) == (number, "")


@given(st.sampled_from(("text", "yes_no", "choice", "list", "json")), st.data())
def test_typed_text_is_read_back(kind: str, data: st.DataObject) -> None:
    line = st.text(
        st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_characters="-\x85\xa0")
    )
    values: dict[str, st.SearchStrategy[Any]] = {
        "text": line.filter(bool),
        "yes_no": st.booleans(),
        "choice": st.sampled_from(("a", "b")),
        "list": st.lists(line.filter(str.strip), min_size=1),
        "json": st.dictionaries(line, st.integers(-9, 9) | line).filter(bool),
    }
    value = data.draw(values[kind])

    assert read_value(variable(kind), typed_text(variable(kind), value)) == (value, "")


def test_no_value_is_the_default_or_nothing() -> None:
    assert value_text(variable("number", required=False, default=2.0), None) == "2"
    assert value_text(variable("number", required=False), None) == ""
    assert typed_text(variable("number", required=False, default=2.0), None) == ""
