from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import User
from apps.core.errors import NotPossible, require
from apps.core.navigation import back
from apps.core.numbers import whole
from apps.core.verdicts import not_visible
from apps.teams import actions
from apps.teams.forms import GrantForm, NamespaceForm, PurposeForm, holder
from apps.teams.matrix import COLUMNS, matrix
from apps.teams.models import Capability, Namespace, Team
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
    home = _people_page(namespace)

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

    `before` is what the page showed as given. `?restore=view,edit` is the way back that Undo
    posts to.
    """
    namespace, to = _managed(request, pk), holder(f"{kind}:{holder_pk}")
    if to is None:
        require(not_visible())
    assert to is not None
    shown, wanted = _shown(request), _wanted(request, namespace, to)
    try:
        before = actions.change_rights(
            namespace, to=to, capabilities=wanted, expected=shown, actor=actor_of(request)
        )
    except NotPossible as refusal:
        return _refused(request, namespace, to, refusal)
    if request.headers.get("HX-Request") == "true":
        return _matrix_fragment(request, namespace, **_undo(request, to, before, wanted))
    messages.success(request, _("The rights of %s are changed.") % to)
    return back(request, _people_page(namespace))


def _shown(request: HttpRequest) -> set[str] | None:
    """What the page showed as given; None when it does not say."""
    before = request.POST.get("before", request.GET.get("before"))
    return None if before is None else _words(before)


def _wanted(request: HttpRequest, namespace: Namespace, to: User | Team) -> set[str]:
    if "restore" in request.GET:
        return _words(request.GET["restore"])
    shown = _shown(request)
    kept = given_here(to, namespace) if shown is None else shown
    # Break glass has no column: it is given and taken on its own.
    return set(request.POST.getlist("capability")) | (kept & {Capability.BREAK_GLASS.value})


def _words(listed: str) -> set[str]:
    return {word for word in listed.split(",") if word}


def _refused(
    request: HttpRequest, namespace: Namespace, to: User | Team, refusal: NotPossible
) -> HttpResponse:
    """Nothing to change is no error; who saw an older matrix gets the one of now."""
    htmx = request.headers.get("HX-Request") == "true"
    if refusal.code == "nothing_changed":
        return (
            _matrix_fragment(request, namespace) if htmx else back(request, _people_page(namespace))
        )
    if refusal.code == "changed_meanwhile" and htmx:
        return _matrix_fragment(
            request, namespace, status=refusal.status, refused=refusal.verdict.sentence
        )
    raise refusal


def _undo(
    request: HttpRequest, to: User | Team, before: set[str], after: set[str]
) -> dict[str, Any]:
    return {
        "changed": to,
        "kind": "team" if isinstance(to, Team) else "user",
        "restore": ",".join(sorted(before)),
        "now": ",".join(sorted(after)),
        "undone": "restore" in request.GET,
    }


def _matrix_fragment(
    request: HttpRequest, namespace: Namespace, status: int = 200, **said: Any
) -> HttpResponse:
    wanted = whole(request.POST.get("team") or request.GET.get("team"))
    team = Team.objects.filter(pk=wanted).first()
    context = {
        "namespace": namespace,
        "columns": COLUMNS,
        "blocks": matrix(namespace, team),
        "may_change": True,
        "team": team,
        **said,
    }
    return render(request, "teams/_matrix.html", context, status=status)


def _people_page(namespace: Namespace) -> str:
    return f"{reverse('pages:admin')}?in={namespace.path}"


def _managed(request: HttpRequest, pk: int) -> Namespace:
    actor = actor_of(request)
    namespace = get_object_or_404(visible_namespaces(actor), pk=pk)
    require(can_manage_namespace(actor, namespace))
    return namespace
