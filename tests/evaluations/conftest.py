from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.evaluations.actions import add_case, add_check, make_suite
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import Suite
from tests.prompts.conftest import BACKEND, House, make_house


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
