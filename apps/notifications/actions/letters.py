"""Letters: written in the transaction of their item, sent by a task, each at most once but for a
crash between the server's yes and our commit (then its Message-ID is the same)."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.zones import zone
from apps.core.actions import working
from apps.core.errors import require
from apps.notifications.models import InboxItem, Letter
from apps.notifications.permissions import can_manage_letters
from apps.notifications.post import Failure, deliver, failure_of, wait_after, wake_post
from apps.notifications.times import next_digest

WAITS = Q(sent_at=None, dropped_at=None, parked_at=None)


class Outcome(Enum):
    SENT = "sent"
    DROPPED = "dropped"
    PARKED = "parked"
    LATER = "later"
    AWAY = "away"  # the server answers nobody now
    GONE = "gone"  # somebody else has it, or had it


@working
def write_letter(item: InboxItem, *, kind: str) -> Letter:
    """A letter of its own, or a line in the digest that this person gets next."""
    if kind == Letter.Kind.NOW:
        letter = Letter.objects.create(person_id=item.person_id, kind=kind)
        transaction.on_commit(wake_post)
    else:
        letter = _open_digest(item.person)
    letter.items.add(item)
    return letter


def _open_digest(person: User) -> Letter:
    """The one digest that waits, held until this transaction ends: who sends it waits for us."""
    due = next_digest(timezone.now(), zone(person.time_zone))
    open_ones = Letter.objects.filter(WAITS)
    open_ones.get_or_create(person=person, kind=Letter.Kind.DIGEST, defaults={"due_at": due})
    rows = Letter.objects.select_for_update().filter(WAITS, person=person, kind=Letter.Kind.DIGEST)
    return rows.first() or _open_digest(person)  # sent while we waited for it: the next one


@working
def send_letter(pk: int) -> Outcome:
    """Send one letter that is due. The row is locked meanwhile, so nobody else sends it too."""
    rows = Letter.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(WAITS, pk=pk, due_at__lte=timezone.now()).select_related("person")
    letter = due.first()
    if letter is None:
        return Outcome.GONE
    try:
        is_sent = deliver(letter)
    except Exception as error:
        return _keep(letter, failure_of(error))
    done = "sent_at" if is_sent else "dropped_at"
    Letter.objects.filter(pk=pk).update(**{done: Now()}, attempts=F("attempts") + 1, problem="")
    return Outcome.SENT if is_sent else Outcome.DROPPED


def _keep(letter: Letter, failure: Failure) -> Outcome:
    """Not sent: park what the server will never take, try the rest again later."""
    row = Letter.objects.filter(pk=letter.pk)
    row.update(attempts=F("attempts") + 1, problem=failure.words[:300])
    if failure.is_final or letter.attempts + 1 >= failure.most:
        row.update(parked_at=Now())
        return Outcome.PARKED
    row.update(due_at=timezone.now() + wait_after(letter.attempts))
    return Outcome.AWAY if failure.is_away else Outcome.LATER


@working
def put_off_letters(*, by: timedelta) -> int:
    """The server is away: what is due waits too, instead of knocking once a letter."""
    now = timezone.now()
    return Letter.objects.filter(WAITS, due_at__lte=now).update(due_at=now + by)


@working
def try_letter_again(pk: int, *, actor: User) -> None:
    """An admin mended what was wrong."""
    require(can_manage_letters(actor))
    rows = Letter.objects.filter(pk=pk, sent_at=None, dropped_at=None)
    rows.update(parked_at=None, attempts=0, due_at=timezone.now())
    transaction.on_commit(wake_post)


@working
def drop_letter(pk: int, *, actor: User) -> None:
    """An admin gives a letter up; its items stay in the inbox."""
    require(can_manage_letters(actor))
    Letter.objects.filter(pk=pk, sent_at=None, dropped_at=None).update(dropped_at=Now())
