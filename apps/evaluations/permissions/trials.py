"""Who may try a prompt in the playground, and who may see what came of it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import SYSTEM, Actor
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_possible
from apps.evaluations.models import Trial
from apps.prompts.models import Draft, Prompt
from apps.teams.models import Capability
from apps.teams.permissions import can


def can_try_prompt(actor: Actor | None, prompt: Prompt) -> Verdict:
    """It may cost money, so who only looks on may not."""
    return can(actor, Capability.COMMENT, prompt)


def can_try_draft(actor: Actor | None, draft: Draft) -> Verdict:
    """Whoever may try its prompt, until it is put away."""
    allowed = can_try_prompt(actor, draft.prompt)
    if allowed and draft.closed_at is not None:
        words = _("“%(draft)s” was put away. Open it again to try it, or choose another text.")
        return not_possible("draft_closed", words % {"draft": draft})
    return allowed


def can_view_trial(actor: Actor | None, trial: Trial) -> Verdict:
    return can(actor, Capability.VIEW, trial.prompt)


def can_ask_trial(actor: Actor | None, trial: Trial) -> Verdict:
    """To have its models asked: who began it, while they may; a worker in their place."""
    if actor is SYSTEM:
        return ALLOW
    allowed = can_try_prompt(actor, trial.prompt)
    if allowed and actor != trial.person:
        words = _("%(who)s tried this. Run it yourself to have answers of your own.")
        return not_allowed("not_yours", words % {"who": trial.person})
    return allowed
