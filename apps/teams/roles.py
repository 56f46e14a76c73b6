"""Roles are named sets of capabilities (domain.md, Rights). Only the set is stored, as grants."""

from __future__ import annotations

from dataclasses import dataclass

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


def role_of(capabilities: frozenset[str]) -> Role | None:
    """The role that is exactly this set, if there is one."""
    for role in ROLES.values():
        if frozenset(role.capabilities) == capabilities:
            return role
    return None
