"""What an admin sees of the post: how much waits, and what the mail server refused and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from apps.notifications.models import Letter


@dataclass(frozen=True)
class Mailroom:
    """`troubled`: parked letters first, then those that are tried again, newest first."""

    troubled: list[Letter]
    parked: int
    waiting: int
    sent_today: int
    server: str  # "" when letters are printed to the log


def mailroom(limit: int = 100) -> Mailroom:
    open_ = Letter.objects.filter(sent_at=None, dropped_at=None)
    troubled = open_.exclude(problem="").select_related("person")
    since = timezone.now() - timedelta(days=1)
    host = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return Mailroom(
        list(troubled.order_by("parked_at", "-pk")[:limit]),
        open_.filter(parked_at__isnull=False).count(),
        open_.filter(Q(due_at__lte=timezone.now()), parked_at=None).count(),
        Letter.objects.filter(sent_at__gte=since).count(),
        "" if settings.EMAIL_BACKEND.endswith("console.EmailBackend") else host,
    )
