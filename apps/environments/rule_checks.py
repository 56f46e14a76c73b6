"""What a rule may say at all, whoever says it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.environments.freezes import makes_sense
from apps.environments.rules import MAX_APPROVALS, MAX_DAYS, Terms
from apps.environments.states import OnLastApproval
from apps.prompts.content import BLOCK_LABELS


def check_terms(terms: Terms, reason: str) -> None:
    errors = {}
    if not 0 <= terms.approvals <= MAX_APPROVALS:
        errors["approvals"] = [_("Between 0 and %(most)s approvals.") % {"most": MAX_APPROVALS}]
    if not 1 <= terms.approval_days <= MAX_DAYS:
        errors["approval_days"] = [_("Between 1 and %(most)s days.") % {"most": MAX_DAYS}]
    if terms.on_last_approval not in OnLastApproval.values:
        errors["on_last_approval"] = [_("Choose what happens after the last approval.")]
    if not all(makes_sense(freeze) and freeze.name.strip() for freeze in terms.freezes):
        errors["freezes"] = [_("A freeze has a name, a time zone, and ends after it began.")]
    if not all(lock.type in BLOCK_LABELS for lock in terms.locks):
        errors["locks"] = [_("Choose a type of block, and the team that signs.")]
    if not reason.strip():
        errors["reason"] = [_("Say why the rule changes.")]
    if errors:
        raise Invalid(errors)
