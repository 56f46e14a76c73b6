"""Who may do what with a test suite: the right on its namespace, and whether it is in use."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import SYSTEM, Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.evaluations.models import Suite, SuiteRequirement
from apps.evaluations.states import RequirementState, SuiteState
from apps.prompts.queries.prompts import writable_namespaces
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


def can_view_suite(actor: Actor | None, suite: Suite) -> Verdict:
    return can(actor, Capability.VIEW, suite)


def can_make_suite(actor: Actor | None, namespace: Namespace) -> Verdict:
    return can(actor, Capability.EDIT, namespace)


def can_upload_sheet(actor: Actor | None) -> Verdict:
    """Who may edit anywhere may look at what a spreadsheet would become."""
    if actor is not None and writable_namespaces(actor).exists():
        return ALLOW
    sentence = _("You may not edit anywhere yet. Ask an admin for the right to edit a namespace.")
    return not_allowed("edits_nowhere", sentence)


def can_change_suite(actor: Actor | None, suite: Suite) -> Verdict:
    """Its cases and checks too."""
    allowed = can(actor, Capability.EDIT, suite)
    return _is_in_use(suite) if allowed else allowed


def can_archive_suite(actor: Actor | None, suite: Suite) -> Verdict:
    """Not while a release asks for it: nothing could go live any more."""
    allowed = can_change_suite(actor, suite)
    asked = SuiteRequirement.objects.filter(suite=suite)
    asked = asked.exclude(state=RequirementState.REMOVED)
    if allowed and (first := asked.select_related("environment").first()):
        sentence = _("A release into %(place)s asks for “%(suite)s”. Take that away first.")
        words = {"place": first.environment, "suite": suite}
        return not_possible("suite_required", sentence % words)
    return allowed


def can_restore_suite(actor: Actor | None, suite: Suite) -> Verdict:
    allowed = can(actor, Capability.EDIT, suite)
    if allowed and suite.state != SuiteState.ARCHIVED:
        sentence = _("“%(suite)s” is not archived.") % {"suite": suite}
        return not_possible("not_archived", sentence)
    return allowed


def can_freeze_suite(actor: Actor | None, suite: Suite) -> Verdict:
    """To run it as it stands takes nothing from it: who sees it may, and a rule that names it."""
    allowed = ALLOW if actor is SYSTEM else can_view_suite(actor, suite)
    return _is_in_use(suite) if allowed else allowed


def _is_in_use(suite: Suite) -> Verdict:
    if suite.state == SuiteState.ARCHIVED:
        sentence = _("“%(suite)s” is archived. Take it out of the archive first.")
        return not_possible("suite_archived", sentence % {"suite": suite})
    return ALLOW
