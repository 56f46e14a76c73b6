from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.prompts.actions import create_prompt
from apps.prompts.models import Draft, DraftBlock, Prompt
from apps.prompts.queries import draft_of
from apps.prompts.queries.documents import blocks_in_order
from apps.teams.actions import add_person, create_first_admin, create_namespace, grant
from apps.teams.models import Namespace
from apps.teams.queries import root_namespace
from tests.standing import standing

PASSWORD = "a long pass phrase 42"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class House:
    """An admin, two authors and a viewer of the namespace support; an outsider who sees nothing."""

    admin: User
    ana: User
    ben: User
    viewer: User
    outsider: User
    space: Namespace
    prompt: Prompt

    @property
    def draft(self) -> Draft:
        return draft_of(self.prompt)

    @property
    def blocks(self) -> list[DraftBlock]:
        return blocks_in_order(self.draft)

    def block(self, type: str) -> DraftBlock:
        return next(block for block in self.blocks if block.type == type)


def make_house() -> House:
    admin = create_first_admin(
        email="admin@example.org", name="Ada Admin", password=PASSWORD, actor=SYSTEM
    )
    people = {
        name: add_person(email=f"{name}@example.org", name=name.title(), actor=admin)
        for name in ("ana", "ben", "viewer", "outsider")
    }
    space = create_namespace(root_namespace(), segment="support", actor=admin)
    other = create_namespace(root_namespace(), segment="other", actor=admin)
    for name, role, place in (
        ("ana", "author", space),
        ("ben", "author", space),
        ("viewer", "viewer", space),
        ("outsider", "author", other),
    ):
        grant(place, role=role, to=people[name], actor=admin)
    prompt = create_prompt(space, segment="reply", name="Refund reply", actor=people["ana"])
    return House(admin=admin, space=space, prompt=prompt, **people)


house = standing(make_house)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser of this person."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in
