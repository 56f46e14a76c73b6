"""Accounts of other people: made, switched off, switched on, erased. One's own is in `accounts`."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from apps.accounts.models import User
from apps.accounts.people import make_person
from apps.audit.actions import forget_names
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import require
from apps.teams import events
from apps.teams.administration import keeping_an_admin, lock_root
from apps.teams.models import Invitation, Namespace
from apps.teams.permissions import (
    can_begin,
    can_erase_person,
    can_make_admin,
    can_manage_people,
    can_switch_off_person,
    can_switch_on_person,
)
from apps.teams.rights import given_here
from apps.teams.roles import ROLES


@governed
def add_person(*, email: str, name: str, password: str | None = None, actor: Actor) -> User:
    """Make an account at once, without an invitation; no password means none can sign in by one."""
    lock_root()
    require(can_manage_people(actor))
    person = make_person(email=email, name=name, password=password)
    record(events.PERSON_ADDED, actor=actor, target=person)
    return person


@governed
def create_first_admin(*, email: str, name: str, password: str, actor: Actor) -> User:
    """The first person of an installation; refused as soon as there is anyone."""
    root = lock_root()
    require(can_begin(actor))
    person = make_person(email=email, name=name, password=password)
    _make_admin(person, root)
    record(events.FIRST_ADMIN_MADE, actor=person, target=person, namespace=root)
    return person


@governed
def make_admin(*, email: str, name: str = "", password: str | None = None, actor: Actor) -> User:
    """Whoever owns the machine makes an admin: a new person, or one who is there already."""
    root = lock_root()
    require(can_make_admin(actor))
    person = User.objects.filter(email__iexact=email).first()
    if person is None:
        person = make_person(email=email, name=name, password=password)
    person.is_active = True
    person.save(update_fields=["is_active"])
    _make_admin(person, root)
    record(events.ADMIN_MADE, actor=actor, target=person, namespace=root)
    return person


@governed
def deactivate_person(person: User, *, reason: str = "", actor: Actor) -> User:
    """Switch an account off: sessions end at once, rights count for nothing meanwhile."""
    with keeping_an_admin():
        person = User.objects.select_for_update().get(pk=person.pk)
        require(can_switch_off_person(actor, person))
        person.is_active = False
        person.session_epoch += 1
        person.save(update_fields=["is_active", "session_epoch"])
    record(events.PERSON_SWITCHED_OFF, actor=actor, target=person, reason=reason)
    return person


@governed
def reactivate_person(person: User, *, reason: str = "", actor: Actor) -> User:
    person = User.objects.select_for_update().get(pk=person.pk)
    require(can_switch_on_person(actor, person))
    person.is_active = True
    person.save(update_fields=["is_active"])
    record(events.PERSON_SWITCHED_ON, actor=actor, target=person, reason=reason)
    return person


@governed
def erase_person(person: User, *, reason: str, actor: Actor) -> User:
    """Erase the name and address of a person who asked for it: the account, and every label of it
    in the trail. Entries and their hashes stay, and say "someone (erased)"."""
    person = User.objects.select_for_update().get(pk=person.pk)
    require(can_erase_person(actor, person))
    for kind in ("person", "user"):
        forget_names(kind, ident=str(person.pk))
    for invitation in Invitation.objects.filter(email__iexact=person.email):
        forget_names("invitation", ident=str(invitation.pk))
        invitation.name, invitation.email = _("Someone (erased)"), _no_address(person)
        invitation.save(update_fields=["name", "email"])
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.name, person.email = _("Someone (erased)"), _no_address(person)
    person.set_unusable_password()
    person.save(update_fields=["name", "email", "password"])
    record(events.PERSON_ERASED, actor=actor, target=person, reason=reason)
    return person


def _no_address(person: User) -> str:
    return f"erased-{person.pk}@galley.invalid"


def _make_admin(person: User, root: Namespace) -> None:
    for capability in sorted(set(ROLES["admin"].capabilities) - given_here(person, root)):
        assign_perm(capability, person, root)
