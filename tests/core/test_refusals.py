"""A refusal that is to be written down is written once, after everything was rolled back."""

from __future__ import annotations

import pytest

from apps.core import actions
from apps.core.actions import governed
from apps.core.errors import NotPossible, require
from apps.core.verdicts import not_possible

DENIED = {"event": "x", "target": None}


@pytest.fixture
def recorded(db, monkeypatch):
    """(depth of running actions, what is written down) for each refusal that is recorded."""
    found = []
    monkeypatch.setattr(
        actions,
        "_refusal_recorder",
        lambda denied, actor, refusal: found.append((actions._depth.get(), denied, actor)),
    )
    return found


@governed
def inner(*, actor):
    require(not_possible("no", "No."), DENIED)


@governed
def outer(*, actor):
    inner(actor="somebody inside")


@pytest.mark.parametrize("act", [inner, outer])
def test_outermost_action_records_the_refusal_once(recorded, act):
    for _ in range(2):
        with pytest.raises(NotPossible) as refused:
            act(actor="me")

        assert refused.value.denied is None
    assert recorded == [(0, DENIED, "me")] * 2


def test_other_errors_leave_the_next_refusal_alone(recorded):
    @governed
    def broken(*, actor):
        raise KeyError

    with pytest.raises(KeyError):
        broken(actor="me")
    with pytest.raises(NotPossible):
        outer(actor="me")

    assert len(recorded) == 1
