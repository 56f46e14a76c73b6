from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.core.errors import require
from apps.core.navigation import back
from apps.teams import actions
from apps.teams.forms import MemberForm, TeamForm
from apps.teams.models import Team
from apps.teams.permissions import can_manage_people
from apps.teams.views.answers import actor_of, form_page, submitted


@login_required
@require_http_methods(["GET", "POST"])
def create_team(request: HttpRequest) -> HttpResponse:
    require(can_manage_people(actor_of(request)))
    form = TeamForm(request.POST or None)
    home = reverse("pages:admin_teams")

    def act(typed: dict[str, Any]) -> str:
        team = actions.create_team(**typed, actor=actor_of(request))
        return _("The team %s is made. Add its people now.") % team

    return submitted(request, form, act, home) or form_page(
        request, form, title=_("New team"), submit=_("Make the team"), default=home
    )


@login_required
@require_http_methods(["GET", "POST"])
def change_team(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_manage_people(actor_of(request)))
    team = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, initial={"name": team.name, "purpose": team.purpose})
    home = reverse("pages:admin_team", args=[team.pk])

    def act(typed: dict[str, Any]) -> str:
        actions.change_team(team, **typed, actor=actor_of(request))
        return _("The team is changed.")

    return submitted(request, form, act, home) or form_page(
        request, form, title=_("Change %s") % team, submit=_("Save"), default=home
    )


@login_required
@require_http_methods(["GET", "POST"])
def add_member(request: HttpRequest, pk: int) -> HttpResponse:
    require(can_manage_people(actor_of(request)))
    team = get_object_or_404(Team, pk=pk)
    form = MemberForm(request.POST or None, team=team)
    home = reverse("pages:admin_team", args=[team.pk])

    def act(typed: dict[str, Any]) -> str:
        actions.add_member(team, person=typed["person"], actor=actor_of(request))
        return _("%(name)s is in %(team)s now.") % {"name": typed["person"], "team": team}

    return submitted(request, form, act, home) or form_page(
        request, form, title=_("Add to %s") % team, submit=_("Add"), default=home
    )


@login_required
@require_POST
def remove_member(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    require(can_manage_people(actor_of(request)))
    team, member = get_object_or_404(Team, pk=pk), get_object_or_404(User, pk=person)
    actions.remove_member(team, person=member, actor=actor_of(request))
    return back(request, reverse("pages:admin_team", args=[team.pk]))
