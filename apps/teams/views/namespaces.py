from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import NotPossible, require
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.core.verdicts import not_visible
from apps.teams import actions
from apps.teams.forms import GrantForm, NamespaceForm, PurposeForm, holder
from apps.teams.matrix import COLUMNS, matrix
from apps.teams.models import Namespace, Team
from apps.teams.permissions import can_administer, can_manage_namespace
from apps.teams.queries import managed_namespaces, visible_namespaces
from apps.teams.rights import given_here, labels
from apps.teams.views.answers import actor_of, form_page, submitted


@login_required
@require_http_methods(["GET", "POST"])
def create_namespace(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(can_administer(actor))
    start = managed_namespaces(actor).filter(path=request.GET.get("in", "")).first()
    form = NamespaceForm(request.POST or None, actor=actor, initial={"parent": start})
    home = reverse("pages:admin_namespaces")

    def act(typed: dict[str, Any]) -> str:
        parent = typed.pop("parent")
        namespace = actions.create_namespace(parent, **typed, actor=actor)
        return _("The namespace %s is made.") % namespace

    return submitted(request, form, act, home) or form_page(
        request, form, title=_("New namespace"), submit=_("Make the namespace"), default=home,
        intro=_("What is given on a namespace holds for everything below it."),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def change_namespace(request: HttpRequest, pk: int) -> HttpResponse:
    namespace = _managed(request, pk)
    form = PurposeForm(request.POST or None, initial={"purpose": namespace.purpose})
    home = reverse("pages:admin_namespaces")

    def act(typed: dict[str, Any]) -> str:
        actions.change_namespace(namespace, **typed, actor=actor_of(request))
        return _("Saved.")

    return submitted(request, form, act, home) or form_page(
        request, form, title=_("What %s is for") % namespace, submit=_("Save"), default=home
    )


@login_required
@require_http_methods(["GET", "POST"])
def give_rights(request: HttpRequest, pk: int) -> HttpResponse:
    namespace = _managed(request, pk)
    form = GrantForm(request.POST or None)
    home = f"{reverse('pages:admin')}?in={namespace.path}"

    def act(typed: dict[str, Any]) -> str:
        to = holder(typed.pop("to"))
        assert to is not None  # one of the form's choices
        given = actions.grant(namespace, to=to, **typed, actor=actor_of(request))
        words = {"name": to, "rights": ", ".join(labels(given)), "place": namespace}
        return _("%(name)s has %(rights)s on %(place)s now.") % words

    return submitted(request, form, act, home) or form_page(
        request, form, title=_("Give rights on %s") % namespace, submit=_("Give"), default=home,
        intro=_("What is given here holds for everything below it."),
    )  # fmt: skip


@login_required
@require_POST
def change_rights(request: HttpRequest, pk: int, kind: str, holder_pk: int) -> HttpResponse:
    """One row of the matrix: exactly the ticked rights are given here afterwards.

    `?restore=view,edit` is the way back that Undo posts to.
    """
    namespace, to = _managed(request, pk), holder(f"{kind}:{holder_pk}")
    if to is None:
        require(not_visible())
    assert to is not None
    before = _change(request, namespace, to)
    if request.headers.get("HX-Request") != "true":
        return back(request, f"{reverse('pages:admin')}?in={namespace.path}")
    return _matrix_fragment(request, namespace, to, before)


def _change(request: HttpRequest, namespace: Namespace, to: Any) -> set[str] | None:
    """What was given before, None when nothing was changed."""
    wanted = set(request.POST.getlist("capability"))
    if "restore" in request.GET:
        wanted = {word for word in request.GET["restore"].split(",") if word}
    elif "break_glass" in given_here(to, namespace):
        wanted.add("break_glass")  # has no column: given and taken on its own
    try:
        before = actions.change_rights(
            namespace, to=to, capabilities=wanted, actor=actor_of(request)
        )
    except NotPossible as refusal:
        if refusal.code != "nothing_changed":
            raise
        return None
    if request.headers.get("HX-Request") != "true":
        messages.success(request, _("The rights of %s are changed.") % to)
    return before


def _matrix_fragment(
    request: HttpRequest, namespace: Namespace, to: Any, before: set[str] | None
) -> HttpResponse:
    wanted = whole(request.POST.get("team") or request.GET.get("team"))
    team = Team.objects.filter(pk=wanted).first()
    context = {
        "namespace": namespace,
        "columns": COLUMNS,
        "blocks": matrix(namespace, team),
        "may_change": True,
        "team": team,
        "changed": to if before is not None else None,
        "restore": ",".join(sorted(before or ())),
        "kind": "team" if isinstance(to, Team) else "user",
        "undone": "restore" in request.GET,
    }
    return render(request, "teams/_matrix.html", context)


def _managed(request: HttpRequest, pk: int) -> Namespace:
    actor = actor_of(request)
    namespace = get_object_or_404(visible_namespaces(actor), pk=pk)
    require(can_manage_namespace(actor, namespace))
    return namespace
