from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.evaluations.actions import add_case, add_check, make_suite
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import Suite
from apps.llm import pacing
from tests.prompts.conftest import BACKEND, House, make_house


@pytest.fixture(autouse=True)
def rests_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that failed ten times in a row rests as in life, but not for up to a minute;
    how long it does is what tests/llm/test_pacing.py is about."""
    monkeypatch.setattr(pacing, "REST", 0.2)
    monkeypatch.setattr(pacing, "LONGEST_REST", 0.4)


@pytest.fixture
def house(db: None) -> House:
    return make_house()


@pytest.fixture
def suite(house: House) -> Suite:
    """Two cases and a check, made by an author of the namespace support."""
    made = make_suite(house.space, name="Refund basics", variables=["message"], actor=house.ana)
    for message, expected in (("Where is my money?", "refund"), ("My card is gone", "card")):
        case = NewCase(values={"message": message}, expected=expected)
        add_case(made, case=case, actor=house.ana)
    add_check(made, kind="equals", settings={}, actor=house.ana)
    return made


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of this person."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in
