"""Breaking the glass: live without the gates, with an alarm and somebody who looks later."""

from __future__ import annotations

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.origin import origin
from apps.core.states import move
from apps.environments.locks import hold_rules, lock_prompt
from apps.environments.models import Environment, Release
from apps.environments.queries import live_release
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.releases.actions.pointer import Move
from apps.releases.denied import denied
from apps.releases.events import FOLLOW_UP_CLOSED, FOLLOW_UP_OVERDUE, GLASS_BROKEN
from apps.releases.gates import gates
from apps.releases.glass_permissions import (
    FOLLOW_UP_WITHIN,
    can_break_glass,
    can_close_follow_up,
    can_tell_overdue,
    confirmed_recently,
    reason_fault,
)
from apps.releases.locks import lock_follow_up
from apps.releases.models import FollowUp
from apps.releases.permissions import belongs, can_go_live, still_live
from apps.releases.queries.schedules import database_now
from apps.releases.states import FOLLOW_UP, FollowUpState


@governed
def break_glass(
    prompt: Prompt,
    *,
    version: Version,
    environment: Environment,
    expects: int | None,
    reason: str,
    actor: User,
) -> Release:
    """Make a version live whatever its gates say, in this environment alone. It leaves a mark on
    the release, and a follow-up that somebody else closes within 72 hours."""
    prompt = lock_prompt(prompt)
    hold_rules(prompt, environment)
    refusal = denied(GLASS_BROKEN, version, environment)
    require(belongs(version, prompt), refusal)
    require(can_break_glass(actor, prompt, environment), refusal)
    require(confirmed_recently(origin()), refusal)
    if fault := reason_fault(reason):
        raise Invalid({"reason": [fault]})
    require(still_live(live_release(prompt, environment), expects, environment), refusal)
    require(can_go_live(prompt, version, environment), refusal)
    closed = [gate.code for gate in gates(version, environment) if not gate.open]
    way = Move(prompt, version, environment, How.BREAK_GLASS, reason.strip(), None, actor)
    release = way.write()
    due = database_now() + FOLLOW_UP_WITHIN
    follow_up = FollowUp.objects.create(release=release, due_at=due)
    record(GLASS_BROKEN, **way.entry(release), follow_up=follow_up.pk, gates=closed)
    return release


@governed
def tell_overdue(follow_up: FollowUp, *, actor: Actor = SYSTEM) -> FollowUp:
    """Nobody has looked in time: those who own the prompt and those who manage the place hear."""
    follow_up = lock_follow_up(follow_up)
    require(can_tell_overdue(actor, follow_up, database_now()))
    follow_up.overdue_told_at = Now()
    follow_up.save(update_fields=["overdue_told_at"])
    release = follow_up.release
    record(
        FOLLOW_UP_OVERDUE,
        actor=actor,
        target=release.prompt,
        namespace=release.prompt.namespace,
        environment=release.environment.name,
        follow_up=follow_up.pk,
        release=release.pk,
        version=release.version.number,
    )
    return follow_up


@governed
def close_follow_up(follow_up: FollowUp, *, words: str, actor: User) -> FollowUp:
    """Somebody else says what came of it."""
    follow_up = lock_follow_up(follow_up)
    release = follow_up.release
    refusal = denied(FOLLOW_UP_CLOSED, release.version, release.environment)
    require(can_close_follow_up(actor, follow_up), refusal)
    if not words.strip():
        raise Invalid({"words": [_("Say what you found, and what was done about it.")]})
    follow_up.words, follow_up.closed_by, follow_up.closed_at = words.strip(), actor, Now()
    follow_up.save(update_fields=["words", "closed_by", "closed_at"])
    move(follow_up, "state", FollowUpState.CLOSED, FOLLOW_UP)
    touch("prompt", release.prompt_id)
    record(
        FOLLOW_UP_CLOSED,
        actor=actor,
        target=release.prompt,
        reason=follow_up.words,
        namespace=release.prompt.namespace,
        environment=release.environment.name,
        before={"state": FollowUpState.OPEN},
        after={"state": FollowUpState.CLOSED},
        follow_up=follow_up.pk,
        release=release.pk,
        version=release.version.number,
    )
    return follow_up
