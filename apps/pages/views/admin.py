"""Administration: rights on a namespace, accounts, teams, namespaces."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.pages.addresses import with_query
from apps.pages.queries.administration import account_rows, indented
from apps.pages.queries.rule_rows import rule_rows
from apps.pages.views.access import access_form
from apps.teams import queries
from apps.teams.matrix import COLUMNS, Block, Row, matrix
from apps.teams.models import Namespace, Team
from apps.teams.permissions import can_administer, can_manage_namespace, can_manage_people
from apps.teams.queries import open_access_requests
from apps.teams.rights import given_to_teams, labels

PAGES = (
    ("admin", gettext_lazy("People")),
    ("admin_people", gettext_lazy("Accounts")),
    ("admin_teams", gettext_lazy("Teams")),
    ("admin_namespaces", gettext_lazy("Namespaces")),
    ("admin_rules", gettext_lazy("Rules")),
    ("admin_keys", gettext_lazy("Keys")),
    ("admin_models", gettext_lazy("Models & prices")),
    ("admin_budgets", gettext_lazy("Budgets")),
    ("admin_mail", gettext_lazy("Mail")),
)


def admin_of(request: HttpRequest) -> User:
    """The signed-in person, who manages something; 403 with who could help otherwise."""
    assert isinstance(request.user, User)
    require(can_administer(request.user))
    return request.user


def tabs(current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(f"pages:{name}"), "current": name == current}
        for name, label in PAGES
    ]


def chosen_namespace(request: HttpRequest, actor: User) -> tuple[Namespace, list[Namespace]]:
    """The namespace of `?in=` (or the widest one managed), and all that are managed."""
    managed = list(queries.managed_namespaces(actor))
    wanted = request.GET.get("in")
    found = [space for space in managed if wanted is None or space.path == wanted]
    if not found:
        require(not_visible())
    return found[0], managed


def namespace_filter(request: HttpRequest, spaces: list[Namespace], now: Namespace) -> list[Any]:
    return [
        {
            "label": str(space),
            "url": f"{request.path}?in={space.path}",
            "current": space.pk == now.pk,
        }
        for space in spaces
    ]


def breakers(blocks: list[Block]) -> list[tuple[Row, str]]:
    """Who holds break glass, which has no column, and what is given here without it."""
    return [
        (row, ",".join(cell.capability for cell in row.cells if cell.state == "own"))
        for block in blocks
        for row in block.rows
        if row.break_glass.state != "no"
    ]


@require_safe
@login_required
def people(request: HttpRequest) -> HttpResponse:
    """The matrix: who may do what on one namespace, and through what."""
    actor = admin_of(request)
    namespace, managed = chosen_namespace(request, actor)
    teams = list(queries.teams())
    team = next((team for team in teams if str(team.pk) == request.GET.get("team")), None)
    blocks = matrix(namespace, team)
    context = {
        "tabs": tabs("admin"),
        "namespace": namespace,
        "namespaces": namespace_filter(request, managed, namespace),
        "team": team,
        "teams": [
            {"label": each.name, "url": with_query(request, team=each.pk), "current": each == team}
            for each in teams
        ],
        "every_team": with_query(request, team=""),
        "columns": COLUMNS,
        "blocks": blocks,
        "breakers": breakers(blocks),
        "may_change": bool(can_manage_namespace(actor, namespace)),
        "rules": rule_rows(namespace, only_protected=True),
        "requests": open_access_requests(actor),
        "access": access_form(actor, {"on": namespace.path}),
    }
    return render(request, "pages/admin.html", context)


@require_safe
@login_required
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, and the invitations that wait."""
    actor = admin_of(request)
    everything = bool(can_manage_people(actor))
    context = {
        "tabs": tabs("admin_people"),
        "rows": account_rows(),
        "invitations": queries.open_invitations(actor),
        "manages_people": everything,
    }
    return render(request, "pages/admin_people.html", context)


@require_safe
@login_required
def teams(request: HttpRequest) -> HttpResponse:
    actor = admin_of(request)
    context = {
        "tabs": tabs("admin_teams"),
        "teams": queries.teams(),
        "manages_people": bool(can_manage_people(actor)),
    }
    return render(request, "pages/admin_teams.html", context)


@require_safe
@login_required
def team(request: HttpRequest, pk: int) -> HttpResponse:
    actor = admin_of(request)
    shown = get_object_or_404(Team, pk=pk)
    visible = set(queries.visible_namespaces(actor).values_list("path", flat=True))
    places: dict[str, set[str]] = {}
    for holder, capability, _pk, path in given_to_teams():
        if holder == shown.pk and path in visible:
            places.setdefault(path, set()).add(capability)
    context = {
        "tabs": tabs("admin_teams"),
        "team": shown,
        "members": queries.members_of(shown),
        "rights": [
            (path or _("everything"), path, labels(held)) for path, held in sorted(places.items())
        ],
        "manages_people": bool(can_manage_people(actor)),
    }
    return render(request, "pages/admin_team.html", context)


@require_safe
@login_required
def namespaces(request: HttpRequest) -> HttpResponse:
    actor = admin_of(request)
    context = {
        "tabs": tabs("admin_namespaces"),
        "rows": indented(queries.managed_namespaces(actor)),
    }
    return render(request, "pages/admin_namespaces.html", context)
