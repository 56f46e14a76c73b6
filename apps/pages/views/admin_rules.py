"""Administration: rules of environments, and keys of applications."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.core.errors import require
from apps.environments.change_queries import change_row, open_changes
from apps.environments.forms import RuleForm
from apps.environments.key_queries import keys_for
from apps.environments.models import ApiKey
from apps.environments.queries import environment_for, rule_for, terms_of
from apps.environments.rules import replaced
from apps.pages.queries.rule_rows import rule_rows, who_today
from apps.pages.views.admin import admin_of, chosen_namespace, namespace_filter, tabs
from apps.teams.permissions import can_manage_namespace
from apps.teams.queries import namespace_for


@require_safe
@login_required
def rules(request: HttpRequest) -> HttpResponse:
    actor = admin_of(request)
    namespace, managed = chosen_namespace(request, actor)
    context = {
        "tabs": tabs("admin_rules"),
        "namespace": namespace,
        "namespaces": namespace_filter(request, managed, namespace),
        "rules": rule_rows(namespace),
        "may_change": bool(can_manage_namespace(actor, namespace)),
        "changes": [change_row(change) for change in open_changes(actor, namespace)],
    }
    return render(request, "pages/admin_rules.html", context)


@require_safe
@login_required
def rule_today(request: HttpRequest, name: str) -> HttpResponse:
    """Whom the rule would fit as it is being typed: `?namespace=` and the fields of its form."""
    actor, place = admin_of(request), environment_for(name)
    namespace = namespace_for(actor, request.GET.get("namespace", ""))
    require(can_manage_namespace(actor, namespace))
    rule = rule_for(place, namespace)
    now = terms_of(rule)
    own = now if rule.namespace_id == namespace.pk else replaced(now)
    typed = "approvals" in request.GET
    terms = RuleForm(request.GET, rule=rule).terms_so_far(own) if typed else own
    context = {"who": who_today(terms, place, namespace)}
    return render(request, "pages/admin_rules.html#who", context)


@require_safe
@login_required
def keys(request: HttpRequest) -> HttpResponse:
    rows = [(key, _state(key)) for key in keys_for(admin_of(request))]
    context = {"tabs": tabs("admin_keys"), "rows": rows}
    return render(request, "pages/admin_keys.html", context)


def _state(key: ApiKey) -> str:
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at <= timezone.now() else "active"
