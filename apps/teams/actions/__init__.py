"""Every write of this app, by noun."""

from apps.teams.actions.access import decline_request, grant_request, request_access
from apps.teams.actions.accounts import (
    add_person,
    create_first_admin,
    deactivate_person,
    erase_person,
    make_admin,
    reactivate_person,
)
from apps.teams.actions.grants import change_rights, grant, revoke
from apps.teams.actions.invitations import (
    accept_invitation,
    invite_person,
    withdraw_invitation,
)
from apps.teams.actions.namespaces import change_namespace, create_namespace
from apps.teams.actions.teams import add_member, change_team, create_team, remove_member
from apps.teams.actions.trail import acknowledge_restore, check_trail

__all__ = [
    "accept_invitation",
    "acknowledge_restore",
    "add_member",
    "add_person",
    "change_namespace",
    "change_rights",
    "change_team",
    "check_trail",
    "create_first_admin",
    "create_namespace",
    "create_team",
    "deactivate_person",
    "decline_request",
    "erase_person",
    "grant",
    "grant_request",
    "invite_person",
    "make_admin",
    "reactivate_person",
    "remove_member",
    "request_access",
    "revoke",
    "withdraw_invitation",
]
