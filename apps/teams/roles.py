"""Roles are named sets of capabilities (domain.md, Rights). Only the set is stored, as grants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.text import listing
from apps.teams.models import Capability as C


@dataclass(frozen=True)
class Role:
    code: str
    name: str
    capabilities: tuple[str, ...]
    sentence: str


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role("viewer", "Viewer", (C.VIEW,), "Reads everything here."),
        Role(
            "author", "Author", (C.VIEW, C.COMMENT, C.EDIT, C.RELEASE),
            "Writes, asks for review, and releases where nothing is protected.",
        ),
        Role(
            "reviewer", "Reviewer", (C.VIEW, C.COMMENT, C.REVIEW),
            "Comments, approves or asks for changes.",
        ),
        Role(
            "releaser", "Releaser", (C.VIEW, C.COMMENT, C.RELEASE, C.PUBLISH),
            "Releases what was approved, and rolls back.",
        ),
        Role(
            "admin", "Admin", (C.VIEW, C.COMMENT, C.MANAGE),
            "Manages people, teams, namespaces, rules and keys; writes and approves nothing.",
        ),
    )
}  # fmt: skip

ALSO = {
    C.COMMENT: "comment",
    C.EDIT: "edit",
    C.REVIEW: "review",
    C.RELEASE: "release",
    C.PUBLISH: "release to protected environments",
    C.MANAGE: "manage",
    C.BREAK_GLASS: "break glass",
}


def role_of(capabilities: Iterable[str]) -> Role | None:
    """The role that is exactly this set, if there is one."""
    held = frozenset(capabilities)
    for role in ROLES.values():
        if frozenset(role.capabilities) == held:
            return role
    return None


def in_words(capabilities: Iterable[str]) -> str:
    """ "Author", "Author, may also publish", "No role here": what a set of capabilities makes."""
    held = set(capabilities)
    inside = [role for role in ROLES.values() if set(role.capabilities) <= held]
    if not inside:
        return _("No role here") if not held else _("May %s") % listing(_also(held))
    role = max(inside, key=lambda role: len(role.capabilities))
    rest = _also(held - set(role.capabilities))
    return f"{role.name}, {_('may also %s') % listing(rest)}" if rest else role.name


def _also(held: set[str]) -> list[str]:
    return [words for capability, words in ALSO.items() if capability in held]
