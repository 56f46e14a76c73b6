"""A small installation made through the actions: an admin, a team, two nested namespaces."""

from __future__ import annotations

from dataclasses import dataclass

from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.teams.actions import (
    add_member,
    add_person,
    create_first_admin,
    create_namespace,
    create_team,
)
from apps.teams.models import Namespace, Team
from apps.teams.queries import root_namespace

PASSWORD = "correct horse battery staple"


@dataclass
class Office:
    admin: User
    ana: User
    priya: User
    leads: Team
    root: Namespace
    support: Namespace
    refunds: Namespace

    def person(self, name: str) -> User:
        email = f"{name.lower().replace(' ', '.')}@office.example"
        return add_person(email=email, name=name, password=PASSWORD, actor=self.admin)


def open_office() -> Office:
    """Ana is in the team Support leads; Priya is in none. Neither has a right."""
    admin = create_first_admin(
        email="bo@office.example", name="Bo Lindqvist", password=PASSWORD, actor=SYSTEM
    )
    ana = add_person(email="ana@office.example", name="Ana", password=PASSWORD, actor=admin)
    priya = add_person(email="priya@office.example", name="Priya", password=PASSWORD, actor=admin)
    leads = create_team(name="Support leads", actor=admin)
    add_member(leads, person=ana, actor=admin)
    root = root_namespace()
    support = create_namespace(root, segment="support", actor=admin)
    refunds = create_namespace(support, segment="refunds", actor=admin)
    return Office(admin, ana, priya, leads, root, support, refunds)
