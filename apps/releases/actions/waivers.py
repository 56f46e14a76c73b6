"""Waivers: one person proposes with a reason, a second one confirms."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import Actor
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment
from apps.prompts.models import Version
from apps.releases.denied import denied
from apps.releases.events import WAIVER_CONFIRMED, WAIVER_PROPOSED, WAIVER_WITHDRAWN
from apps.releases.gates import gates
from apps.releases.locks import lock_waiver
from apps.releases.models import Waiver
from apps.releases.states import WAIVER, WaiverState
from apps.releases.waiver_permissions import (
    can_confirm_waiver,
    can_propose_waiver,
    can_withdraw_waiver,
    nothing_said_yet,
)
from apps.releases.waiving import can_be_waived


@governed
def propose_waiver(
    version: Version,
    *,
    environment: Environment,
    gate: str,
    subject: str,
    reason: str,
    actor: User,
) -> Waiver:
    """Say why one finding about this version may go to this environment all the same."""
    version.prompt = lock_prompt(version.prompt)
    hold_rules(version.prompt, environment)
    refusal = denied(WAIVER_PROPOSED, version, environment)
    require(can_propose_waiver(actor, version, environment), refusal)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why this may go live all the same.")]})
    closed = [one for one in gates(version, environment) if can_be_waived(one)]
    found = next((one for one in closed if (one.code, one.subject) == (gate, subject)), None)
    if found is None:
        raise Invalid(_("There is no such finding about this version, or it is waived already."))
    require(nothing_said_yet(found.waiver), refusal)
    waiver = Waiver.objects.create(
        version=version,
        content_hash=version.content_hash,
        environment=environment,
        gate=gate,
        subject=subject,
        finding=found.sentence,
        reason=reason.strip(),
        proposed_by=actor,
    )
    touch("prompt", version.prompt_id)
    record(WAIVER_PROPOSED, actor=actor, **_entry(waiver, waiver.reason))
    return waiver


@governed
def confirm_waiver(waiver: Waiver, *, actor: User) -> Waiver:
    """The second person: the gate opens for this version in this environment."""
    waiver = lock_waiver(waiver)
    refusal = denied(WAIVER_CONFIRMED, waiver.version, waiver.environment)
    require(can_confirm_waiver(actor, waiver), refusal)
    waiver.confirmed_by, waiver.confirmed_at = actor, Now()
    waiver.save(update_fields=["confirmed_by", "confirmed_at"])
    move(waiver, "state", WaiverState.CONFIRMED, WAIVER)
    touch("prompt", waiver.version.prompt_id)
    record(WAIVER_CONFIRMED, actor=actor, **_entry(waiver, waiver.reason))
    return waiver


@governed
def withdraw_waiver(waiver: Waiver, *, reason: str = "", actor: Actor) -> Waiver:
    waiver = lock_waiver(waiver)
    refusal = denied(WAIVER_WITHDRAWN, waiver.version, waiver.environment)
    require(can_withdraw_waiver(actor, waiver), refusal)
    move(waiver, "state", WaiverState.WITHDRAWN, WAIVER)
    touch("prompt", waiver.version.prompt_id)
    record(WAIVER_WITHDRAWN, actor=actor, **_entry(waiver, reason.strip()))
    return waiver


def _entry(waiver: Waiver, reason: str) -> dict[str, Any]:
    prompt = waiver.version.prompt
    return {
        "target": prompt,
        "reason": reason,
        "namespace": prompt.namespace,
        "environment": waiver.environment.name,
        "after": {"state": waiver.state, "content_hash": waiver.content_hash},
        "waiver": waiver.pk,
        "version": waiver.version.number,
        "gate": waiver.gate,
    }
