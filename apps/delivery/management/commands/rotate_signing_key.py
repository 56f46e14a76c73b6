"""`rotate_signing_key` makes a new key that signs from now on."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.delivery.signing import RING

OVERLAP_DAYS = 30


class Command(BaseCommand):
    help = "Sign answers with a new key; the public key before it stays published for a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--overlap-days", type=int, default=OVERLAP_DAYS,
            help=f"how long the public key before it stays published ({OVERLAP_DAYS})",
        )  # fmt: skip

    def handle(self, *args: Any, overlap_days: int, **options: Any) -> None:
        if not 1 <= overlap_days <= 3650:
            raise CommandError("Choose an overlap from 1 to 3650 days.")
        key = RING.rotate(timedelta(days=overlap_days))
        self.stdout.write(
            f"The key {key.id} signs now. The one before it is published for {overlap_days} days,"
            " for answers that clients keep on disk."
        )
