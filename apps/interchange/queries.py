from __future__ import annotations

from apps.accounts.models import User
from apps.teams.models import Capability
from apps.teams.queries import root_namespace
from apps.teams.rights import people_with


def acting_person(email: str) -> User | None:
    """The active person with this address; without one, the first admin of the installation."""
    people = User.objects.filter(is_active=True)
    if email:
        return people.filter(email__iexact=email).first()
    admins = people_with(Capability.MANAGE, root_namespace())
    return people.filter(pk__in=admins).order_by("joined_at", "pk").first()
