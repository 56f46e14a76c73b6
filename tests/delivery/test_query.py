from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.delivery import query
from apps.delivery.problems import Problem
from apps.environments.keys import make_key


def code_of(text: str) -> str:
    try:
        query.wanted(text)
    except Problem as problem:
        return problem.code
    return "ok"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("version=3&model=a&unit=u&environment=production", "ok"),
        ("label=latest", "ok"),
        ("ref=3", "unknown_parameter"),
        ("Version=3", "unknown_parameter"),
        ("version=3&version=4", "bad_parameter"),
        ("version=3&label=x", "bad_parameter"),
        ("version=", "bad_parameter"),
        ("version=0", "bad_parameter"),
        ("version=-1", "bad_parameter"),
        ("version=1.0", "bad_parameter"),
        ("version=٣", "bad_parameter"),
        ("version=99999999999999999999", "bad_parameter"),
        ("unit=%ff", "bad_parameter"),
        ("unit=" + "x" * 8001, "bad_parameter"),
        ("&".join(["unit=1"] * 30), "bad_parameter"),
    ],
)
def test_query_is_read_strictly(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("attr[plan]=pro&attr%5Bcountry%5D=PT", {"plan": "pro", "country": "PT"}),
        ("unit=u", {}),
        ("attr[plan]=" + "x" * 200, {"plan": "x" * 200}),
        ("attr[plan]=" + "x" * 201, "“attr[plan]” is longer than 200 characters."),
        ("attr[Plan]=pro", "“attr[Plan]” names no attribute: write attr[plan]"),
        ("attr[]=pro", "“attr[]” names no attribute"),
        ("attr[plan=pro", "“attr[plan” names no attribute"),
        ("attr[plan]=a&attr[plan]=b", "“attr[plan]” is given twice."),
        ("attr.plan=pro", "There is no parameter “attr.plan” here."),
        ("&".join(f"attr[a{n}]=1" for n in range(10)), {f"a{n}": "1" for n in range(10)}),
        ("&".join(f"attr[a{n}]=1" for n in range(11)), "Say at most 10 attributes"),
    ],
)
def test_attributes_are_read_strictly(text: str, said: dict[str, str] | str) -> None:
    try:
        found: object = query.wanted(text).attributes
    except Problem as problem:
        found = problem.detail[: len(said)]

    assert found == said


@pytest.mark.parametrize("name", ["key", "token", "api_key", "access_token", "KEY", "unit"])
def test_t8_query_with_a_key_is_refused_whatever_it_is_called(name: str) -> None:
    text = make_key("production", "read").text

    assert code_of(f"version=2&{name}={text}") == "key_in_address"


@given(st.text(max_size=200))
def test_query_of_any_text_is_read_or_refused(text: str) -> None:
    assert code_of(text) in {"ok", "bad_parameter", "unknown_parameter", "key_in_address"}
