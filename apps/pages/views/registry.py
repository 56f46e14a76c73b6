from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.accounts.signed_in import person_of
from apps.core.numbers import whole
from apps.environments.uses import recorded_since
from apps.pages.addresses import with_query
from apps.pages.queries import registry as rows
from apps.prompts.bulk import ACTS
from apps.prompts.forms import PromptForm, movable_namespaces, writable_namespaces
from apps.prompts.models import Prompt
from apps.prompts.queries import Node, namespace_tree, owners_in, tags_in, visible_prompts
from apps.prompts.queries.beginnings import Beginning, beginning, beginnings
from apps.prompts.queries.prompts import usual_namespace
from apps.teams.models import Team
from apps.teams.queries import visible_namespaces

MOST = 10  # pages of one list; beyond it one searches


@require_safe
@login_required
def registry(request: HttpRequest) -> HttpResponse:
    """Every prompt that one may see, by namespace; filters live in the address."""
    inside = visible_prompts(person_of(request))
    teams = owners_in(inside)
    wanted, dropped = _wanted(request, teams)
    may_write = writable_namespaces(person_of(request)).exists()
    may_move = may_write or movable_namespaces(person_of(request)).exists()
    limit = rows.PAGE * (whole(request.GET.get("page"), MOST) or 1)
    context = {
        "wanted": wanted,
        "dropped": dropped,
        "listing": rows.listing(person_of(request), wanted, limit),
        "filters": _filters(request, wanted, teams, inside),
        "clear": with_query(request, q="", status="", owner="", tag="", view="", page=""),
        "more": with_query(request, page=limit // rows.PAGE + 1),
        "acts": list(ACTS.values()) if may_move else [],
        "may_write": may_write,
        "here": request.get_full_path(),
        "uses_since": recorded_since() if wanted.view == "unused" else None,
        "is_most": limit == rows.PAGE * MOST,
        "kept": [(key, value) for key, value in request.GET.items() if key not in ("q", "page")],
    }
    if request.htmx and request.htmx.target == "results":  # type: ignore[attr-defined]
        return render(request, "pages/registry.html#results", context)
    nodes = namespace_tree(person_of(request))
    context |= {"tree": _tree(request, wanted, nodes), "views": _views(request, wanted)}
    context["visible_total"] = sum(node.prompts for node in nodes)
    return render(request, "pages/registry.html", context)


def _wanted(request: HttpRequest, teams: list[Team]) -> tuple[rows.Wanted, list[str]]:
    """The filters of the address, and a sentence for each that means nothing."""
    get, dropped = request.GET.get, []
    place = get("in", "")
    namespace = visible_namespaces(person_of(request)).filter(path=place).first() if place else None
    if place and namespace is None:
        dropped.append(_("There is no namespace “%(path)s” that you can see.") % {"path": place})
    status = get("status", "")
    if status and status not in rows.STATUSES:
        dropped.append(_("“%(status)s” is no status of a prompt.") % {"status": status})
        status = ""
    owners = {str(team.pk): team for team in teams}
    if get("owner", "") not in ("", *owners):
        dropped.append(_("That team owns no prompt that you can see."))
    wanted = rows.Wanted(
        namespace=namespace,
        text=get("q", "").strip()[:200].replace("\x00", ""),
        status=status,
        owner=owners.get(get("owner", "")),
        tag=get("tag", "")[:40].replace("\x00", ""),
        view=get("view", "") if get("view", "") in rows.VIEWS else "",
    )
    return wanted, dropped


def _filters(
    request: HttpRequest, wanted: rows.Wanted, teams: list[Team], inside: QuerySet[Prompt]
) -> list[dict[str, Any]]:
    """The chips: what can be chosen, and what is."""
    return [
        _status_chip(request, wanted),
        _owner_chip(request, wanted, teams),
        _tag_chip(request, wanted, inside),
    ]


def _status_chip(request: HttpRequest, wanted: rows.Wanted) -> dict[str, Any]:
    items = [
        _item(request, str(label), "status", code, wanted.status)
        for code, label in rows.STATUSES.items()
    ]
    return _chip(request, _("Status"), "status", items)


def _owner_chip(request: HttpRequest, wanted: rows.Wanted, teams: list[Team]) -> dict[str, Any]:
    chosen = str(wanted.owner.pk) if wanted.owner else ""
    items = [_item(request, str(team), "owner", str(team.pk), chosen) for team in teams]
    return _chip(request, _("Owner"), "owner", items)


def _tag_chip(
    request: HttpRequest, wanted: rows.Wanted, inside: QuerySet[Prompt]
) -> dict[str, Any]:
    items = [
        {**_item(request, tag, "tag", tag, wanted.tag), "count": count}
        for tag, count in tags_in(inside)[:40]
    ]
    return _chip(request, _("Tag"), "tag", items)


def _item(request: HttpRequest, label: str, key: str, value: str, now: str) -> dict[str, Any]:
    url = with_query(request, page="", **{key: value})
    return {"label": label, "url": url, "current": value == now}


def _chip(
    request: HttpRequest, label: str, key: str, items: list[dict[str, Any]]
) -> dict[str, Any]:
    chosen = next((item["label"] for item in items if item["current"]), "")
    clear = with_query(request, page="", **{key: ""})
    return {"label": label, "value": chosen, "clear": clear, "items": items}


def _views(request: HttpRequest, wanted: rows.Wanted) -> list[dict[str, Any]]:
    views: list[dict[str, Any]] = [
        {
            "label": label,
            "url": with_query(request, view=code, status="", page="", **{"in": ""}),
            "current": wanted.view == code and not wanted.namespace and wanted.status != "live",
        }
        for code, label in rows.VIEWS.items()
    ]
    live = with_query(request, view="", status="live", page="", **{"in": ""})
    current = wanted.status == "live" and not wanted.namespace
    return [*views, {"label": _("Live"), "url": live, "current": current}]


def _tree(request: HttpRequest, wanted: rows.Wanted, found: list[Node]) -> list[dict[str, Any]]:
    """Namespaces as nested links; those below what is chosen, or at the top, are shown open."""
    here = wanted.namespace.path if wanted.namespace else ""
    nodes = []
    for node in found:
        path = node.namespace.path
        above = path.rpartition("/")[0]
        if not path or not (node.depth <= 2 or here == above or here.startswith(f"{above}/")):
            continue
        url = with_query(request, view="", page="", **{"in": path})
        level = min(max(node.depth - 1, 0), 3)
        nodes.append({"node": node, "url": url, "level": level, "current": path == here})
    return nodes


@require_safe
@login_required
def new_prompt(request: HttpRequest) -> HttpResponse:
    """Name, namespace, owner; empty, from a template (`?begin=`), or from a text that one has."""
    place = visible_namespaces(person_of(request)).filter(path=request.GET.get("in", "")).first()
    if place is None or place.is_root:
        place = usual_namespace(person_of(request))
    chosen: dict[str, Any] = {"namespace": place} if place else {}
    begin = beginning(person_of(request), request.GET.get("begin", ""))
    if begin is not None:
        chosen |= {"name": begin.name, "purpose": begin.purpose}
    form = PromptForm(actor=person_of(request), initial=chosen)
    context = {
        "form": form,
        "place": place,
        "begin": begin,
        "document": begin.document if begin else None,
        "groups": _groups(beginnings(person_of(request))),
        "may_write": writable_namespaces(person_of(request)).exists(),
    }
    return render(request, "pages/new_prompt.html", context)


def _groups(found: list[Beginning]) -> list[tuple[str, list[Beginning]]]:
    return [(name, list(rows)) for name, rows in groupby(found, key=lambda one: one.group)]
