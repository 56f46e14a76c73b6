from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.environments.models import Environment
from apps.prompts.models import Version
from apps.releases.models import Waiver
from apps.releases.permissions import has_right_there
from apps.releases.states import WaiverState
from apps.reviews.queries import contributors_since_live
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_propose_waiver(actor: Actor | None, version: Version, environment: Environment) -> Verdict:
    """A person who may edit here, or release there."""
    verdict = can(actor, Capability.EDIT, version.prompt, environment)
    verdict = verdict or has_right_there(actor, version.prompt, environment)
    return verdict and _people_only(actor)


def _people_only(actor: Actor | None) -> Verdict:
    if actor is not None and actor.kind == "person":
        return ALLOW
    return not_allowed("people_only", _("Only people waive a finding, under their own names."))


def can_confirm_waiver(actor: Actor | None, waiver: Waiver) -> Verdict:
    """A second person with `review`, who wrote nothing of what it is about."""
    version, place = waiver.version, waiver.environment
    verdict = can(actor, Capability.REVIEW, version.prompt, place)
    verdict = verdict and _people_only(actor)
    if not verdict or actor is None:
        return verdict
    if actor.audit_id == waiver.proposed_by.audit_id:
        words = _("You proposed this waiver: a second person confirms it.")
        return not_allowed("own_waiver", words)
    if int(actor.audit_id) in contributors_since_live(version, place):
        words = _("You wrote along on %(version)s: somebody who did not confirms it.")
        return not_allowed("own_text", words % {"version": version})
    return _waits(waiver)


def can_withdraw_waiver(actor: Actor | None, waiver: Waiver) -> Verdict:
    """Who proposed it, or anybody with `review`; also a confirmed one: the gate closes again."""
    if actor is not None and actor.audit_id == waiver.proposed_by.audit_id:
        verdict = can(actor, Capability.VIEW, waiver.version.prompt, waiver.environment)
    else:
        verdict = can(actor, Capability.REVIEW, waiver.version.prompt, waiver.environment)
    if verdict and waiver.state == WaiverState.WITHDRAWN:
        return not_possible("withdrawn", _("This waiver was taken back already."))
    return verdict


def _waits(waiver: Waiver) -> Verdict:
    if waiver.state == WaiverState.PROPOSED:
        return ALLOW
    return not_possible("not_proposed", _("This waiver was confirmed or taken back already."))


def nothing_said_yet(waiver: Waiver | None) -> Verdict:
    if waiver is None:
        return ALLOW
    words = _("%(who)s proposed to waive this already. A second person has to confirm it.")
    return not_possible("proposed_already", words % {"who": waiver.proposed_by})
