"""Who may test the change of a model."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import SYSTEM, Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.evaluations.models import ModelUpdate, PlannedRun
from apps.evaluations.states import PlannedState
from apps.llm.permissions import can_manage_models
from apps.prompts.queries.prompts import writable_namespaces


def can_start_update(actor: Actor | None) -> Verdict:
    """Who may edit anywhere; each of its runs takes the right to edit that suite besides."""
    if isinstance(actor, User) and writable_namespaces(actor).exists():
        return ALLOW
    sentence = _(
        "You may not edit anywhere, so you cannot start runs. Ask an admin for the right to edit."
    )
    return not_allowed("edits_nowhere", sentence)


def can_cancel_update(actor: Actor | None, update: ModelUpdate) -> Verdict:
    """Whoever started it, and the admins of the installation."""
    if actor != update.requested_by and not can_manage_models(actor):
        words = _("%(who)s started this. They, or an admin of the installation, can cancel it.")
        return not_allowed("not_yours", words % {"who": update.requested_by})
    if not update.is_under_way:
        return not_possible("update_over", _("This is over already. Reload to see its report."))
    return ALLOW


def can_begin_planned(actor: Actor | None, planned: PlannedRun) -> Verdict:
    """A worker, once."""
    if actor is not SYSTEM:
        return not_allowed("system_only", _("Galley starts this by itself."))
    if planned.state != PlannedState.WAITING:
        return not_possible("not_waiting", _("This was started already."))
    return ALLOW
