"""Giving and taking rights: one row at a time, so that each has its history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.teams import events
from apps.teams.administration import keeping_an_admin
from apps.teams.models import Capability, Namespace, Team
from apps.teams.permissions import can_manage_namespace
from apps.teams.rights import given_here, labels, rows_of
from apps.teams.roles import ROLES

Holder = User | Team


@governed
def grant(
    namespace: Namespace,
    *,
    to: Holder,
    capabilities: Iterable[str] = (),
    role: str = "",
    reason: str = "",
    actor: Actor,
) -> set[str]:
    """Give single capabilities or a role's; return those that were not given here before."""
    wanted = _checked(capabilities) | _of_role(role)
    with keeping_an_admin():
        require(can_manage_namespace(actor, namespace))
        before = given_here(to, namespace)
        after = before | wanted
        _write(namespace, to, before, after)
    record(events.RIGHTS_GIVEN, **_facts(namespace, to, before, after), reason=reason, actor=actor)
    return after - before


@governed
def revoke(
    namespace: Namespace,
    *,
    to: Holder,
    capabilities: Iterable[str] = (),
    role: str = "",
    reason: str = "",
    actor: Actor,
) -> set[str]:
    """Take what was given here; return what was taken. What comes from above is taken there."""
    unwanted = _checked(capabilities) | _of_role(role)
    with keeping_an_admin():
        require(can_manage_namespace(actor, namespace))
        before = given_here(to, namespace)
        after = before - unwanted
        _write(namespace, to, before, after)
    record(events.RIGHTS_TAKEN, **_facts(namespace, to, before, after), reason=reason, actor=actor)
    return before - after


@governed
def change_rights(
    namespace: Namespace,
    *,
    to: Holder,
    capabilities: Iterable[str],
    expected: set[str] | None = None,
    reason: str = "",
    actor: Actor,
) -> set[str]:
    """Make what is given here exactly `capabilities`; return what was given before.

    `expected` is what the person saw as given: if it is not so any more, nothing is changed.
    """
    after = _checked(capabilities)
    with keeping_an_admin():
        require(can_manage_namespace(actor, namespace))
        before = given_here(to, namespace)
        if expected is not None and before not in (expected, after):
            words = _("The rights of %s changed meanwhile. Look again.")
            require(not_possible("changed_meanwhile", words % to))
        _write(namespace, to, before, after)
    record(
        _event(before, after), **_facts(namespace, to, before, after), reason=reason, actor=actor
    )
    return before


def _write(namespace: Namespace, to: Holder, before: set[str], after: set[str]) -> None:
    if before == after:
        words = _("Nothing was changed: %(name)s has exactly these rights on %(place)s.")
        require(not_possible("nothing_changed", words % {"name": to, "place": namespace}))
    for capability in sorted(after - before):
        assign_perm(capability, to.group if isinstance(to, Team) else to, namespace)
    for capability in sorted(before - after):
        rows_of(to, namespace).get(permission__codename=capability).delete()


def _facts(namespace: Namespace, to: Holder, before: set[str], after: set[str]) -> dict[str, Any]:
    """What an entry says of a change of rights: whose, where, which."""
    return {
        "target": to,
        "namespace": namespace,
        "before": {"rights": labels(before)},
        "after": {"rights": labels(after)},
        "rights": labels(before ^ after),
        "place": str(namespace),
    }


def _event(before: set[str], after: set[str]) -> str:
    if before <= after:
        return events.RIGHTS_GIVEN
    return events.RIGHTS_TAKEN if after <= before else events.RIGHTS_CHANGED


def _checked(capabilities: Iterable[str]) -> set[str]:
    wanted = {str(capability) for capability in capabilities}
    if not wanted <= set(Capability.values):
        raise Invalid({"capabilities": [_("Choose rights from the list.")]})
    return wanted


def _of_role(role: str) -> set[str]:
    if role and role not in ROLES:
        raise Invalid({"role": [_("Choose a role from the list.")]})
    return {str(capability) for capability in ROLES[role].capabilities} if role else set()
