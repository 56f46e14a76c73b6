"""The way to the mail server, and what its refusals mean."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta

from celery import current_app
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.notifications.models import Letter

log = logging.getLogger("galley.mail")
# By its name: the task reads this file.
TASK = "apps.notifications.tasks.send_letters"
BATCH = 500
DAYS = 24 * 5  # tries; the waiting between two is an hour in the end, so about five days


def wake_post() -> None:
    """Tell a worker that a letter waits. The row is the truth: a lost message loses nothing."""
    try:
        current_app.send_task(TASK, queue="runs")
    except Exception:
        log.warning("the broker is away; the beat will send the letters")


def deliver(letter: Letter) -> bool:
    """Hand a letter to the mail server; False when nothing in it is worth telling any more."""
    from apps.notifications.letters import compose

    message = compose(letter)
    return message is not None and bool(message.send())


def send_due() -> int:
    """Send the letters that are due, the oldest first; stop when the server is away."""
    from apps.notifications.actions import Outcome, put_off_letters, send_letter

    waits = Q(sent_at=None, dropped_at=None, parked_at=None)
    due = Letter.objects.filter(waits, due_at__lte=timezone.now()).order_by("due_at", "pk")
    sent = 0
    for pk, attempts in list(due.values_list("pk", "attempts")[:BATCH]):
        outcome = send_letter(pk)
        sent += outcome is Outcome.SENT
        if outcome is Outcome.AWAY:
            put_off_letters(by=wait_after(attempts))
            break
    return sent


def wait_after(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … an hour."""
    return timedelta(seconds=min(30 * 2 ** min(attempts, 10), 3600))


@dataclass(frozen=True)
class Failure:
    """Why a letter is not sent. `most`: after so many tries it is parked all the same."""

    words: str
    is_final: bool = False
    is_away: bool = False
    most: int = DAYS


def failure_of(error: Exception) -> Failure:
    """5xx for this letter is final; 4xx comes again; a server that is not there, or that does not
    let us in, is nobody's letter's fault."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [answer[0] for answer in error.recipients.values()]
        words = "; ".join(_said(*answer) for answer in error.recipients.values())
        return Failure(words, is_final=min(codes, default=0) >= 500)
    if isinstance(error, smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError):
        return Failure(_said(error.smtp_code, error.smtp_error), is_away=True)
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        words = _said(error.smtp_code, error.smtp_error)
        return Failure(words, is_final=error.smtp_code >= 500)
    if isinstance(error, OSError):  # also every other error of smtplib
        words = _("The mail server cannot be reached: %(why)s") % {"why": error}
        return Failure(words, is_away=True)
    log.exception("a letter could not be written", exc_info=error)
    return Failure(_("This letter could not be written: %(why)s") % {"why": repr(error)}, most=5)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return _("The mail server said: %(words)s") % {"words": f"{code} {' '.join(words.split())}"}
