"""What counts where people disagree."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import person_behind
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.evaluations import events
from apps.evaluations.actions.ratings import _judge_anew
from apps.evaluations.locks import lock_result
from apps.evaluations.models import RatingDecision, Result, Run
from apps.evaluations.permissions import can_decide_rating
from apps.evaluations.queries.disputes import dispute_on
from apps.prompts.entrance import clean_text


@governed
def decide_rating(
    result: Result, *, run: Run, value: Any, check_key: str | None = None,
    other: Result | None = None, reason: str, actor: Any,
) -> RatingDecision:  # fmt: skip
    """The value that counts, and why; deciding again takes its place, and both stand in the trail.
    `run`: the one whose disputes these are; one of two answers may be of what was live."""
    row = lock_result(result.pk)
    require(can_decide_rating(actor, run))
    found = dispute_on(run, row, key=check_key, other=other)
    if found is None:
        words = _("Nobody disagrees here any more, so there is nothing to decide.")
        require(not_possible("no_dispute", words))
    assert found is not None
    words = clean_text("reason", reason).strip()
    _require_decision(words, found.question.takes(value), found.question.hint)
    rows = RatingDecision.objects.filter(result=row, other=other, check_key=check_key)
    decision = rows.first() or RatingDecision(result=row, other=other, check_key=check_key)
    before = {"value": decision.value} if decision.pk else None
    decision.value, decision.reason = value, words
    decision.decided_by, decision.decided_at = person_behind(actor), database_now()
    decision.save()
    if other is None:
        _judge_anew(row)
    touch("run", run.pk)
    record(
        events.RATING_DECIDED, actor=actor, target=run, namespace=run.prompt.namespace,
        reason=words, before=before, after={"value": value}, run=run.pk, result=row.pk,
        version=run.version.number if run.version else None,
    )  # fmt: skip
    return decision


def _require_decision(reason: str, is_known: bool, hint: str) -> None:
    errors: dict[str, list[str]] = {}
    if not is_known:
        errors["value"] = [_("Choose one: %(hint)s.") % {"hint": hint}]
    if not reason:
        errors["reason"] = [_("Say why: those who rated it will read this.")]
    if errors:
        raise Invalid(errors)
