"""There is always someone who can manage everything: the check that guards the last admin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from apps.core.errors import require
from apps.core.verdicts import not_possible
from apps.teams.models import Capability, Namespace
from apps.teams.rights import people_with


def lock_root() -> Namespace:
    """Acts that may take an admin away happen one after the other."""
    return Namespace.objects.select_for_update().get(path="")


@contextmanager
def keeping_an_admin() -> Iterator[Namespace]:
    """Refuse (and so undo) what is written inside if it leaves no active admin of everything."""
    root = lock_root()
    before = people_with(Capability.MANAGE, root)
    yield root
    if before and not people_with(Capability.MANAGE, root):
        require(
            not_possible(
                "last_admin",
                _("This is the last admin of everything. Make somebody else an admin first."),
            )
        )
