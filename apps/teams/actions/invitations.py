from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm

from apps.accounts.models import User
from apps.accounts.people import check_new_address, clean_name, make_person
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.teams import events
from apps.teams.administration import lock_root
from apps.teams.models import Invitation, Membership, Namespace, Team, token_hash
from apps.teams.permissions import can_accept_invitation, can_invite, can_withdraw_invitation
from apps.teams.roles import ROLES

DAYS = 14


@governed
def invite_person(
    *,
    email: str,
    name: str,
    team: Team | None = None,
    namespace: Namespace | None = None,
    role: str = "",
    actor: User,
) -> tuple[Invitation, str]:
    """Ask a person in; return the invitation and the token of its link, which is kept nowhere.

    An open invitation of the same address is withdrawn: its link stops working.
    """
    lock_root()
    require(can_invite(actor, namespace, to_team=team is not None))
    if bool(role) != (namespace is not None) or (role and role not in ROLES):
        raise Invalid({"role": [_("Choose a role and the namespace it is for, or neither.")]})
    email, name = check_new_address(email), clean_name(name)
    token, now = secrets.token_urlsafe(32), database_now()
    Invitation.objects.filter(email__iexact=email, accepted_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )
    invitation = Invitation.objects.create(
        email=email, name=name, token_hash=token_hash(token), team=team, namespace=namespace,
        role=role, invited_by=actor, expires_at=now + timedelta(days=DAYS),
    )  # fmt: skip
    result = invitation, token
    record(
        events.INVITED,
        actor=actor,
        target=invitation,
        namespace=namespace,
        after=_promised(invitation),
    )
    return result


@governed
def accept_invitation(token: str, *, name: str, password: str, actor: Actor) -> User:
    """Make the account that an invitation promised. The inviter's right is asked again now.

    `actor` is SYSTEM: the token is the authority, the new person is named in the trail.
    """
    lock_root()
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("team__group", "namespace", "invited_by")
        .filter(token_hash=token_hash(token))
        .first()
    )
    require(can_accept_invitation(actor, invitation))
    assert invitation is not None
    person = make_person(email=invitation.email, name=name, password=password)
    _keep_promise(invitation, person)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    inviter = [invitation.invited_by] if invitation.invited_by else []
    record(
        events.INVITATION_ACCEPTED,
        actor=person,
        target=invitation,
        namespace=invitation.namespace,
        on_behalf=inviter,
        after=_promised(invitation),
    )
    return person


@governed
def withdraw_invitation(invitation: Invitation, *, actor: Actor) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    require(can_withdraw_invitation(actor, invitation))
    invitation.withdrawn_at = timezone.now()
    invitation.save(update_fields=["withdrawn_at"])
    record(
        events.INVITATION_WITHDRAWN,
        actor=actor,
        target=invitation,
        namespace=invitation.namespace,
    )
    return invitation


def _promised(invitation: Invitation) -> dict[str, str]:
    """What the invitation gives, in words, without the person's name or address."""
    facts = {
        "team": invitation.team.name if invitation.team else "",
        "role": ROLES[invitation.role].name if invitation.role else "",
        "place": str(invitation.namespace) if invitation.namespace else "",
    }
    return {key: value for key, value in facts.items() if value}


def _keep_promise(invitation: Invitation, person: User) -> None:
    if invitation.team:
        Membership.objects.create(team=invitation.team, person=person)
        person.groups.add(invitation.team.group)
    if invitation.namespace and invitation.role:
        for capability in sorted(ROLES[invitation.role].capabilities):
            assign_perm(capability, person, invitation.namespace)
