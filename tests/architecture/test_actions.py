"""Every write is an action of one of two kinds (architecture.md, "The shape of an action")."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import action_files, calls, decorators, place, public_functions

ACTIONS = [
    pytest.param(path, function, id=place(path, function))
    for path in action_files()
    for function in public_functions(path)
]


def last_statement(function: ast.FunctionDef) -> ast.stmt:
    """The last statement but a return of what is known already."""
    body = list(function.body)
    if len(body) > 1 and isinstance(body[-1], ast.Return) and set(calls(body[-1])) <= {"len"}:
        body.pop()
    return body[-1]


def problems(function: ast.FunctionDef) -> list[str]:
    kinds = decorators(function) & {"governed", "working"}
    found = []
    if len(kinds) != 1:
        return ["is neither governed nor working"]
    recorded = calls(function).count("record")
    if kinds == {"governed"}:
        if recorded != 1:
            found.append(f"is governed and records {recorded} times")
        elif "record" not in calls(last_statement(function)):
            found.append("does not record as its last statement")
        if not {"require", "require_right"} & set(calls(function)):
            found.append("asks no permission")
    if kinds == {"working"} and recorded:
        found.append("is working and records")
    return found


@pytest.mark.parametrize(("path", "function"), ACTIONS)
def test_action_is_atomic_asks_and_records(path, function):
    assert problems(function) == []


@pytest.mark.parametrize(("path", "function"), ACTIONS)
def test_action_takes_its_actor_last_by_keyword(path, function):
    names = [argument.arg for argument in function.args.kwonlyargs]

    assert names == [] or "actor" not in names or names[-1] == "actor"
    assert "actor" not in [argument.arg for argument in function.args.args]
    assert "request" not in [*names, *[argument.arg for argument in function.args.args]]


def test_the_check_finds_a_bad_action():
    bad = ast.parse(
        "@governed\n"
        "def leak(thing, *, actor):\n"
        "    record(X, actor=actor, target=thing)\n"
        "    thing.save()\n"
    ).body[0]

    assert problems(bad) == ["does not record as its last statement", "asks no permission"]
