from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.core.errors import Invalid, require
from apps.core.forms import ReasonForm
from apps.core.navigation import back
from apps.teams import actions
from apps.teams.forms import InvitationForm
from apps.teams.mail import send_invitation
from apps.teams.permissions import (
    can_administer,
    can_manage_people,
    can_switch_off_person,
    can_withdraw_invitation,
)
from apps.teams.queries import open_invitations
from apps.teams.views.answers import actor_of, form_page


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def invite_person(request: HttpRequest) -> HttpResponse:
    """The link is mailed, and shown once on the answer for whoever wants to hand it over."""
    actor = actor_of(request)
    require(can_administer(actor))
    form = InvitationForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            invitation, token = actions.invite_person(**form.cleaned_data, actor=actor)
        except Invalid as error:
            form.take(error)
        else:
            path = reverse("teams:accept_invitation", args=[token])
            link = request.build_absolute_uri(path)
            sent = send_invitation(invitation, link)
            context = {"invitation": invitation, "link": link, "sent": sent}
            return render(request, "teams/invitation_sent.html", context)
    return form_page(
        request, form, title=_("Invite a person"), submit=_("Send the invitation"),
        default=reverse("pages:admin_people"),
        intro=_("They get a link by e-mail, choose a password and are in."),
    )  # fmt: skip


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    require(can_administer(actor))
    invitation = get_object_or_404(open_invitations(actor), pk=pk)
    require(can_withdraw_invitation(actor, invitation))
    actions.withdraw_invitation(invitation, actor=actor)
    messages.success(request, _("The invitation of %s is withdrawn.") % invitation)
    return back(request, reverse("pages:admin_people"))


@login_required
@require_http_methods(["GET", "POST"])
def deactivate_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    require(can_switch_off_person(actor_of(request), person))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.deactivate_person(person, **form.cleaned_data, actor=actor_of(request))
        messages.success(request, _("The account of %s is off. It is signed out.") % person)
        return back(request, reverse("pages:admin_people"))
    return form_page(
        request, form, title=_("Switch off the account of %s") % person,
        submit=_("Switch off"), default=reverse("pages:admin_people"),
        intro=_("They are signed out at once and may do nothing until it is on again."),
    )  # fmt: skip


@login_required
@require_POST
def reactivate_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    actions.reactivate_person(person, actor=actor_of(request))
    messages.success(request, _("The account of %s is on again.") % person)
    return back(request, reverse("pages:admin_people"))


@login_required
@require_http_methods(["GET", "POST"])
def erase_person(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request, pk)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = True
    if request.method == "POST" and form.is_valid():
        actions.erase_person(person, **form.cleaned_data, actor=actor_of(request))
        messages.success(request, _("The name is erased. The trail says “someone (erased)”."))
        return back(request, reverse("pages:admin_people"))
    return form_page(
        request, form, title=_("Erase the name of %s") % person, submit=_("Erase the name"),
        default=reverse("pages:admin_people"),
        intro=_("Name and address go for good. What they did stays in the trail, without a name."),
    )  # fmt: skip


def _person(request: HttpRequest, pk: int) -> User:
    require(can_manage_people(actor_of(request)))
    return get_object_or_404(User, pk=pk)
