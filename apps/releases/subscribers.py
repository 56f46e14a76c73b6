from __future__ import annotations

import logging

from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.core.errors import Refused
from apps.evaluations.models import Run
from apps.releases.queries.follow_ups import overdue_untold
from apps.releases.queries.schedules import due_schedules
from apps.reviews.models import Review
from apps.reviews.queries import current_round
from apps.reviews.states import ReviewState

log = logging.getLogger("galley.releases")


def release_what_was_approved(entry: AuditEntry) -> None:
    """After the last approval: released, where the rule or the author said so.

    Handling the same entry again finds the review released and does nothing. What is refused now
    (a gate closed, somebody lost a right) stays approved and waits for a releaser.
    """
    from apps.releases.actions import release_approved

    rows = Review.objects.select_related("prompt__namespace", "environment")
    review = rows.filter(pk=entry.data["review"]).first()
    if review is None or review.state != ReviewState.APPROVED:
        return
    try:
        release_approved(review, actor=SYSTEM)
    except Refused as refusal:
        log.info("review %s was not released by itself: %s", review.pk, refusal.verdict.code)


def release_what_passed(entry: AuditEntry) -> None:
    """A run of a suite ended, or everything of it is rated: where that was the last thing which an
    approved review waited for, it goes live as after a last approval."""
    from apps.releases.actions import release_approved

    run = Run.objects.filter(pk=entry.data["run"]).first()
    if run is None or run.version_id is None:
        return
    waiting = Review.objects.select_related("prompt__namespace", "environment")
    for review in waiting.filter(prompt=run.prompt_id, state=ReviewState.APPROVED):
        if current_round(review).version_id == run.version_id:
            try:
                release_approved(review, actor=SYSTEM)
            except Refused as refusal:
                log.info("review %s still waits: %s", review.pk, refusal.verdict.code)


def run_what_is_due() -> int:
    """Carry out what was planned for now. What is refused is written down and told to whoever
    planned it; what another worker has done meanwhile is left alone."""
    from apps.releases.actions import refuse_schedule, run_schedule

    done = 0
    for schedule in due_schedules():
        try:
            run_schedule(schedule, actor=SYSTEM)
            done += 1
        except Refused as refusal:
            if refusal.code in ("not_waiting", "not_due"):
                continue
            log.info("plan %s was refused: %s", schedule.pk, refusal.code)
            refuse_schedule(schedule, reason=refusal.verdict.sentence, actor=SYSTEM)
        except Exception:  # one that fails does not hold back the others; it is tried again
            log.exception("plan %s failed", schedule.pk)
    return done


def tell_what_is_overdue() -> int:
    """Follow-ups of broken glass that nobody has looked at in time; each is told once."""
    from apps.releases.actions import tell_overdue

    done = 0
    for follow_up in overdue_untold():
        try:
            tell_overdue(follow_up, actor=SYSTEM)
            done += 1
        except Refused:
            continue  # closed or told meanwhile
        except Exception:  # one that fails does not hold back the others; it is tried again
            log.exception("follow-up %s could not be told", follow_up.pk)
    return done
