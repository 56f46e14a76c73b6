"""What a change breaks for applications, held against what rendering really takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.prompts.content import VARIABLE_TYPES, new_variable
from apps.prompts.contract import contract_changes
from apps.prompts.values import check_value
from tests.prompts.documents import document

VALUES: list[Any] = [
    None, "", "a", "b", "c", "abcdef", 0, 1, 2.5, True, False, [], ["a"], [1, True], {"a": 1},
    [{"a": 1}],
]  # fmt: skip


@st.composite
def one_variable(draw: st.DrawFn) -> list[dict[str, Any]]:
    if draw(st.integers(0, 5)) == 0:
        return []
    kind = draw(st.sampled_from(VARIABLE_TYPES))
    choices = draw(st.lists(st.sampled_from("abc"), min_size=1, unique=True))
    return [
        new_variable(
            "x",
            type=kind,
            required=draw(st.booleans()),
            max_length=draw(st.none() | st.integers(1, 6)) if "text" in kind else None,
            choices=tuple(choices) if kind == "choice" else (),
        )
    ]


def calls(old: list[dict[str, Any]]) -> list[Any]:
    """What applications send: nothing under a name that no one asked for."""
    return VALUES if old else [None]


def takes(variables: list[dict[str, Any]], value: Any) -> bool:
    return not any(check_value(variable, value) for variable in variables)


@given(one_variable(), one_variable())
@example([new_variable("x", type="choice", choices=("abc",), required=True)], [])
def test_a_call_that_worked_works_on_unless_the_contract_says_that_it_breaks(old, new):
    changes = contract_changes(document(variables=old), document(variables=new))

    refused = [value for value in calls(old) if takes(old, value) and not takes(new, value)]
    if refused:
        assert any(change.breaks for change in changes), refused


@given(one_variable(), one_variable())
def test_nothing_is_said_to_break_where_every_value_still_fits(old, new):
    """No cry of wolf: for each clause that breaks, some value shows it."""
    changes = contract_changes(document(variables=old), document(variables=new))
    long = ["x" * length for length in (2, 3, 4, 5, 6, 7, 2000)]

    if any(change.breaks for change in changes):
        assert any(takes(old, v) and not takes(new, v) for v in [*calls(old), *long])


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ([], [new_variable("order_id", required=True)],
         "Applications that do not send `order_id` will fail."),
        ([new_variable("order_id", required=False)], [new_variable("order_id", required=True)],
         "Applications that do not send `order_id` will fail."),
        ([], [new_variable("city", required=False)],
         "Applications may send `city`; those that do not are fine."),
        ([new_variable("city")], [],
         "`city` is ignored from now on; applications may stop sending it."),
        ([new_variable("city")], [new_variable("city", type="number")],
         "`city` must now be of the type “number”; applications that send anything else fail."),
        ([new_variable("city")], [new_variable("city", max_length=80)],
         "`city` may have 80 characters now; applications that send more will fail."),
        ([new_variable("tone", type="choice", choices=("calm", "warm"))],
         [new_variable("tone", type="choice", choices=("calm",))],
         "`tone` may no longer be “warm”; applications that send it will fail."),
    ],
)  # fmt: skip
def test_change_is_said_in_one_sentence(old, new, sentence):
    changes = contract_changes(document(variables=old), document(variables=new))

    assert [change.sentence for change in changes] == [sentence]


def test_answer_of_another_form_breaks():
    text = document(output={"format": "text", "json_schema": None})
    fields = {"properties": {"queue": {"type": "string"}}}
    json = document(output={"format": "json", "json_schema": fields})
    more = {"properties": {**fields["properties"], "why": {"type": "string"}}}
    wider = document(output={"format": "json", "json_schema": more})

    assert [c.sentence for c in contract_changes(text, json)] == [
        "The answer changes from text to JSON: applications that read it have to change with it."
    ]
    assert [(c.breaks, c.sentence) for c in contract_changes(json, wider)] == [
        (False, "The answer has a new field, `why`.")
    ]
    assert [(c.breaks, c.sentence) for c in contract_changes(wider, json)] == [
        (True, "The answer no longer has the field `why`.")
    ]


def test_nothing_breaks_where_nothing_was():
    new = document(variables=[new_variable("order_id", required=True)])

    assert contract_changes(None, new) == []
    assert contract_changes(new, new) == []
