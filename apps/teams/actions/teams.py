from __future__ import annotations

import uuid

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.teams import events
from apps.teams.administration import keeping_an_admin, lock_root
from apps.teams.models import Membership, Team
from apps.teams.permissions import can_manage_people


@governed
def create_team(*, name: str, purpose: str = "", actor: Actor) -> Team:
    lock_root()
    require(can_manage_people(actor))
    name = _free_name(name)
    group = Group.objects.create(name=f"team-{uuid.uuid4().hex}")
    team = Team.objects.create(name=name, purpose=purpose.strip(), group=group)
    record(events.TEAM_CREATED, actor=actor, target=team, after=_facts(team))
    return team


@governed
def change_team(team: Team, *, name: str, purpose: str = "", actor: Actor) -> Team:
    team = Team.objects.select_for_update().get(pk=team.pk)
    require(can_manage_people(actor))
    before = _facts(team)
    team.name = _free_name(name, besides=team)
    team.purpose = purpose.strip()
    if _facts(team) == before:
        require(not_possible("nothing_changed", _("Nothing was changed.")))
    team.save()
    record(events.TEAM_CHANGED, actor=actor, target=team, before=before, after=_facts(team))
    return team


@governed
def add_member(team: Team, *, person: User, actor: Actor) -> Membership:
    """The membership and the group that guardian reads change together."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    require(can_manage_people(actor))
    if Membership.objects.filter(team=team, person=person).exists():
        words = _("%(name)s is in %(team)s already.") % {"name": person, "team": team}
        require(not_possible("already_member", words))
    membership = Membership.objects.create(team=team, person=person)
    person.groups.add(team.group)
    record(events.MEMBER_ADDED, actor=actor, target=person, team=team.name, team_id=team.pk)
    return membership


@governed
def remove_member(team: Team, *, person: User, reason: str = "", actor: Actor) -> None:
    with keeping_an_admin():
        require(can_manage_people(actor))
        membership = Membership.objects.filter(team=team, person=person).first()
        if membership is None:
            words = _("%(name)s is not in %(team)s.") % {"name": person, "team": team}
            require(not_possible("not_a_member", words))
        else:
            membership.delete()
            person.groups.remove(team.group)
    record(
        events.MEMBER_REMOVED,
        actor=actor,
        target=person,
        reason=reason,
        team=team.name,
        team_id=team.pk,
    )


def _facts(team: Team) -> dict[str, str]:
    return {"name": team.name, "purpose": team.purpose}


def _free_name(name: str, besides: Team | None = None) -> str:
    name = " ".join(name.split())
    others = Team.objects.exclude(pk=besides.pk) if besides else Team.objects.all()
    if not name:
        raise Invalid({"name": [_("Give the team a name.")]})
    if len(name) > 80:
        raise Invalid({"name": [_("Use at most 80 characters.")]})
    if others.filter(name__iexact=name).exists():
        raise Invalid({"name": [_("There is a team of this name. Choose another.")]})
    return name
