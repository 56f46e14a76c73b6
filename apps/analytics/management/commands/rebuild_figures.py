from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.analytics.rebuilding import rebuild


class Command(BaseCommand):
    help = (
        "Counts the sums of the analytics anew from the events that are still kept. Sums of days"
        " whose events were dropped stay as they are."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", help="the first day, such as 2026-11-01; all without it")
        parser.add_argument("--until", help="the last day; today without it")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.now().astimezone(dt.UTC).date()
        since = _day(options["since"]) or dt.date(2000, 1, 1)
        until = _day(options["until"]) or today + dt.timedelta(days=2)
        count = 0
        for count, (_environment, _prompt, day) in enumerate(rebuild(since, until), 1):
            if count % 100 == 0:
                self.stdout.write(f"{count} days of prompts counted, at {day}")
        self.stdout.write(f"Counted anew: {count} days of prompts.")


def _day(text: str | None) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is no day. Write it as 2026-11-01.") from error
