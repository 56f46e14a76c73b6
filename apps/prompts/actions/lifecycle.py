"""Deprecated with a successor and a last day, and active again. What is live goes on being served;
the answers say it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.prompts import events
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_reason, clean_text
from apps.prompts.models import Prompt
from apps.prompts.permissions import (
    can_archive_prompt,
    can_deprecate_prompt,
    can_reactivate_prompt,
    can_restore_prompt,
    can_view_prompt,
    is_out_of_use,
)
from apps.prompts.standing import live_in
from apps.prompts.states import LIFECYCLE, Lifecycle

MOST_STEPS = 20


@governed
def deprecate_prompt(
    prompt: Prompt,
    *,
    successor: Prompt | None = None,
    sunset: date | None = None,
    reason: str,
    actor: Any,
) -> Prompt:
    """`successor`: what to fetch instead; `sunset`: the last day on which it is kept up. Again for
    a deprecated prompt: another successor or day."""
    why = clean_reason(reason)
    locked = Desk.lock(prompt.pk)
    require(can_deprecate_prompt(actor, locked))
    _check(locked, successor, sunset, actor)
    before = _terms(locked)
    if locked.lifecycle != Lifecycle.DEPRECATED:
        move(locked, "lifecycle", Lifecycle.DEPRECATED, LIFECYCLE)
        locked.deprecated_at = timezone.now()
    locked.successor, locked.sunset = successor, sunset
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.DEPRECATED,
        actor=actor, target=locked, namespace=locked.namespace, reason=why,
        before=before, after=_terms(locked), path=locked.path,
        successor=successor.path if successor else "",
        sunset=sunset.isoformat() if sunset else "",
    )  # fmt: skip
    return locked


@governed
def reactivate_prompt(prompt: Prompt, *, reason: str, actor: Any) -> Prompt:
    """No longer deprecated."""
    why = clean_reason(reason)
    locked = Desk.lock(prompt.pk)
    require(can_reactivate_prompt(actor, locked))
    before = _terms(locked)
    move(locked, "lifecycle", Lifecycle.ACTIVE, LIFECYCLE)
    locked.deprecated_at = locked.successor = locked.sunset = None
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.REACTIVATED,
        actor=actor, target=locked, namespace=locked.namespace, reason=why,
        before=before, after=_terms(locked), path=locked.path,
    )  # fmt: skip
    return locked


@governed
def archive_prompt(
    prompt: Prompt, *, reason: str = "", still_live: bool = False, actor: Any
) -> Prompt:
    """It leaves the registry and cannot be edited or released. What is live stays live, and says
    that it is deprecated. `still_live`: the person knows that it is live or still fetched."""
    why = clean_text("reason", reason).strip()
    locked = Desk.lock(prompt.pk)
    require(can_archive_prompt(actor, locked))
    if not still_live:
        require(is_out_of_use(locked))
    move(locked, "lifecycle", Lifecycle.ARCHIVED, LIFECYCLE)
    locked.archived_at = timezone.now()
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.ARCHIVED,
        actor=actor, target=locked, namespace=locked.namespace, reason=why, path=locked.path,
        live=live_in(locked),
    )  # fmt: skip
    return locked


@governed
def restore_prompt(prompt: Prompt, *, reason: str = "", actor: Any) -> Prompt:
    """Out of the archive, as it was before: active or deprecated."""
    why = clean_text("reason", reason).strip()
    locked = Desk.lock(prompt.pk)
    require(can_restore_prompt(actor, locked))
    was = Lifecycle.DEPRECATED if locked.deprecated_at else Lifecycle.ACTIVE
    move(locked, "lifecycle", was, LIFECYCLE)
    locked.archived_at = None
    locked.save()
    touch("prompt", locked.pk)
    record(
        events.UNARCHIVED,
        actor=actor, target=locked, namespace=locked.namespace, reason=why, path=locked.path,
    )  # fmt: skip
    return locked


def _terms(prompt: Prompt) -> dict[str, Any]:
    return {
        "lifecycle": str(prompt.lifecycle),
        "successor": prompt.successor_id,
        "sunset": prompt.sunset.isoformat() if prompt.sunset else None,
    }


def _check(prompt: Prompt, successor: Prompt | None, sunset: date | None, actor: Any) -> None:
    errors: dict[str, list[str]] = {}
    if sunset is not None and sunset < timezone.now().date():
        errors["sunset"] = [_("This day is past. Choose today or a later one, or none.")]
    if successor is not None and (wrong := _no_successor(prompt, successor, actor)):
        errors["successor"] = [wrong]
    if errors:
        raise Invalid(errors)


def _no_successor(prompt: Prompt, successor: Prompt, actor: Any) -> str:
    if not can_view_prompt(actor, successor):
        return _("There is no such prompt that you can see.")
    if successor.lifecycle == Lifecycle.ARCHIVED:
        return _("“%(name)s” is archived itself. Choose another one.") % {"name": successor}
    step = Prompt.objects.filter(pk=successor.pk).first()
    for _step in range(MOST_STEPS):
        if step is None:
            return ""
        if step.pk == prompt.pk:
            return _("That leads back to this prompt. Choose another one.")
        step = step.successor
    return _("Too many prompts follow each other here. Choose the last of them.")
