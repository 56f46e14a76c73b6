"""One function answers every question about rights: `can(actor, capability, thing)`.

`explain()` says the same in words: why, or why not and who can help.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.restored import Restored
from apps.core.actors import SYSTEM, Actor, Bounded
from apps.core.clock import database_now
from apps.core.origin import origin
from apps.core.text import listing
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible, not_visible
from apps.teams import rights
from apps.teams.models import AccessRequest, Capability, Invitation, Namespace, Team
from apps.teams.rights import Grant

VERBS = {
    Capability.VIEW: "see this",
    Capability.COMMENT: "comment here",
    Capability.EDIT: "edit here",
    Capability.REVIEW: "review here",
    Capability.RELEASE: "release here",
    Capability.PUBLISH: "release to a protected environment here",
    Capability.MANAGE: "manage this namespace",
    Capability.BREAK_GLASS: "release here without the usual approvals",
}


def namespace_of(thing: Any) -> Namespace:
    """A namespace itself, or the namespace of a prompt, or of what belongs to a prompt."""
    if isinstance(thing, Namespace):
        return thing
    owner = thing if hasattr(thing, "namespace") else thing.prompt
    found: Namespace = owner.namespace
    return found


def can(actor: Actor | None, capability: str, thing: Any, environment: Any = None) -> Verdict:
    """ALLOW; 404 for what the actor may not see; 403, with who can grant it, for what they may.

    `thing` is a Namespace or anything with `.namespace` or `.prompt`.
    """
    namespace = namespace_of(thing)
    if actor is None or not actor.holds(Capability.VIEW, namespace, environment):
        return not_visible()
    if capability == Capability.VIEW or actor.holds(capability, namespace, environment):
        return ALLOW
    limit = actor.refusal(capability, namespace, environment) if isinstance(actor, Bounded) else ""
    if limit:
        return not_allowed("out_of_scope", limit)
    return refuse(capability, namespace, to=actor)


def refuse(
    capability: str, namespace: Namespace, *, to: Actor | None = None, askable: bool = True
) -> Verdict:
    """The 403 that says which right is missing and who else can grant it. `askable`: its page
    offers to ask for it, so only where the actor may see the namespace."""
    who = tuple(
        name
        for name in rights.names_with(Capability.MANAGE, namespace)
        if to is None or name != to.label
    )
    sentence = _("You may not %(verb)s: it needs the right “%(right)s” on %(place)s.") % {
        "verb": VERBS[Capability(capability)],
        "right": Capability(capability).label,
        "place": namespace,
    }
    if who:
        sentence += " " + _("%(who)s can give it to you.") % {"who": listing(who[:3], _("or"))}
    verdict = not_allowed("missing_right", sentence, who)
    facts = {"namespace_id": namespace.pk, "capability": str(Capability(capability).value)}
    return replace(verdict, facts=facts) if askable else verdict


def team_holds(team: Team, capability: str, namespace: Namespace) -> bool:
    """Whether anybody in a team has a right on a namespace, by the team or of their own."""
    members = team.memberships.filter(person__is_active=True)
    return members.filter(person__in=rights.people_with(capability, namespace)).exists()


def can_manage_namespace(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can(actor, Capability.MANAGE, namespace)


MOST_REQUESTS = 10  # of one person, open at once
AGAIN = timedelta(days=1)


def can_request_access(actor: Actor | None, namespace: Namespace, capability: str) -> Verdict:
    """Only on a namespace that one may see: of others, not even that they are there."""
    seen = can(actor, Capability.VIEW, namespace)
    if not seen or not isinstance(actor, User):
        return seen if not seen else not_allowed("people_only", _("Only a person can ask."))
    if actor.holds(capability, namespace):
        return not_possible("has_it", _("You have this right already. Go back and try again."))
    own = AccessRequest.objects.filter(person=actor)
    same = own.filter(namespace=namespace, capability=capability)
    if same.filter(decided_at=None).exists():
        return not_possible("asked_already", _("You asked for this already. An admin will answer."))
    if same.filter(granted=False, decided_at__gt=timezone.now() - AGAIN).exists():
        words = _("This was declined less than a day ago. Talk to an admin before you ask again.")
        return not_possible("declined_lately", words)
    if own.filter(decided_at=None).count() >= MOST_REQUESTS:
        words = _("You have asked for %(most)s rights that nobody answered yet. Wait for these.")
        return not_possible("too_many_requests", words % {"most": MOST_REQUESTS})
    return ALLOW


def can_decide_access(actor: Actor | None, request: AccessRequest) -> Verdict:
    allowed = can_manage_namespace(actor, request.namespace)
    if allowed and request.decided_at is not None:
        words = _("This was answered already by %(who)s.") % {"who": request.decided_by}
        return not_possible("answered", words)
    return allowed


def can_manage_people(actor: Actor | None) -> Verdict:
    """Teams, accounts and the whole trail are matters of the installation: `manage` on the root."""
    root = Namespace.objects.get(path="")
    if actor is not None and actor.holds(Capability.MANAGE, root):
        return ALLOW
    return refuse(Capability.MANAGE, root, askable=False)


def can_acknowledge_restore(actor: Actor | None, found: Restored | None) -> Verdict:
    """A person who manages everything, while the record is not the one that was signed."""
    may = can_manage_people(actor)
    if may and (actor is None or actor.kind != "person"):
        return not_allowed("people_only", _("Only a person acknowledges this, under their name."))
    if may and found is None:
        words = _("The record reaches its checkpoints: there is nothing to acknowledge.")
        return not_possible("nothing_restored", words)
    return may


def can_administer(actor: Actor | None) -> Verdict:
    """Whether there is any namespace that the actor manages."""
    if getattr(actor, "kind", "") == "person" and rights.granted_ids(actor, Capability.MANAGE):
        return ALLOW
    return refuse(Capability.MANAGE, Namespace.objects.get(path=""), askable=False)


def can_invite(actor: Actor | None, namespace: Namespace | None, *, to_team: bool) -> Verdict:
    """Into a team or without a place: an admin of everything; onto a namespace: who manages it."""
    if namespace is None or to_team:
        return can_manage_people(actor)
    return can_manage_namespace(actor, namespace)


def can_withdraw_invitation(actor: Actor | None, invitation: Invitation) -> Verdict:
    may = can_invite(actor, invitation.namespace, to_team=invitation.team_id is not None)
    if not may:
        return may
    if invitation.accepted_at or invitation.withdrawn_at:
        return not_possible("invitation_closed", _("This invitation was answered or withdrawn."))
    return ALLOW


def can_switch_off_person(actor: Actor | None, person: User) -> Verdict:
    may = can_manage_people(actor)
    if not may:
        return may
    if actor == person:
        return not_possible(
            "own_account", _("You cannot switch off your own account. Ask another admin.")
        )
    if not person.is_active:
        return not_possible(
            "already_off", _("The account of %(name)s is off already.") % {"name": person}
        )
    return ALLOW


def can_switch_on_person(actor: Actor | None, person: User) -> Verdict:
    may = can_manage_people(actor)
    if may and person.is_active:
        words = _("The account of %(name)s is on already.") % {"name": person}
        return not_possible("already_on", words)
    return may


def can_erase_person(actor: Actor | None, person: User) -> Verdict:
    may = can_manage_people(actor)
    if may and person.is_active:
        words = _("Switch off the account of %(name)s before the name is erased.")
        return not_possible("still_active", words % {"name": person})
    return may


def can_begin(actor: Actor) -> Verdict:
    """Setting up is for an installation that has nobody yet."""
    if actor is SYSTEM and not User.objects.exists():
        return ALLOW
    return not_possible("has_people", _("Galley is set up already. Ask an admin to invite you."))


def can_make_admin(actor: Actor) -> Verdict:
    """Only a command on the machine itself may; no page and no key."""
    if actor is SYSTEM and origin().source == "command":
        return ALLOW
    return not_allowed("command_only", _("Admins are made by admins, or by `create_admin`."))


def can_accept_invitation(actor: Actor, invitation: Invitation | None) -> Verdict:
    """404 for a link that never was or is used up; 409 when its inviter may no longer invite."""
    open_now = (
        actor is SYSTEM
        and invitation is not None
        and not (invitation.accepted_at or invitation.withdrawn_at)
        and invitation.expires_at > database_now()
    )
    if not open_now or invitation is None:
        words = _("This invitation was used, withdrawn, or is too old. Ask for a new one.")
        return not_visible(words)
    to_team = invitation.team_id is not None
    if not can_invite(invitation.invited_by, invitation.namespace, to_team=to_team):
        words = _("Whoever invited you may no longer do so. Ask an admin for a new invitation.")
        return not_possible("inviter_lost_right", words)
    return ALLOW


@dataclass(frozen=True)
class Explanation:
    """Whether a person may, one sentence that says why, and the grants that it rests on."""

    allowed: bool
    sentence: str
    grants: tuple[Grant, ...]


def explain(person: User, capability: str, thing: Any) -> Explanation:
    """Why a person may or may not do something on a namespace, a prompt or what belongs to one."""
    namespace = namespace_of(thing)
    given = rights.grants_of(person, namespace.lineage)
    here = tuple(grant for grant in given if grant.capability == capability)
    sees = any(grant.capability == Capability.VIEW for grant in given)
    may = bool(here) and sees and person.is_active
    head = _("%(name)s may %(verb)s") if may else _("%(name)s may not %(verb)s")
    head %= {"name": person, "verb": VERBS[Capability(capability)]}
    return Explanation(may, f"{head}: {_because(person, capability, namespace, here, sees)}", here)


def _because(
    person: User, capability: str, namespace: Namespace, here: tuple[Grant, ...], sees: bool
) -> str:
    right = Capability(capability).label
    if not person.is_active:
        return _("the account is switched off.")
    if here and sees:
        return listing([_given(person, right, grant) for grant in here]) + "."
    if here:
        words = _("%(given)s, but not View, without which it counts for nothing.") % {
            "given": listing([_given(person, right, grant) for grant in here])
        }
    else:
        words = _("nobody gave %(name)s the right %(right)s on %(place)s or above it.") % {
            "name": person, "right": right, "place": namespace,
        }  # fmt: skip
    helpers = [
        name for name in rights.names_with(Capability.MANAGE, namespace) if name != str(person)
    ]
    if helpers:
        words += " " + _("%(who)s can give it.") % {"who": listing(helpers[:3], _("or"))}
    return words


def _given(person: User, right: str, grant: Grant) -> str:
    place = grant.namespace_path or _("everything")
    if grant.team:
        return _("the team %(team)s has %(right)s on %(place)s") % {
            "team": grant.team, "right": right, "place": place,
        }  # fmt: skip
    return _("%(name)s has %(right)s on %(place)s") % {
        "name": person, "right": right, "place": place,
    }  # fmt: skip
