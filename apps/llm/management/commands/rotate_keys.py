"""`rotate_keys` encrypts the keys of model connections anew, while everything goes on running."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, Refused
from apps.llm.actions import rotate_secrets


class Command(BaseCommand):
    help = (
        "Encrypt the keys of model connections with a new key. The one before it is kept until the "
        "next time, for processes that still read with it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--forget", action="store_true", help="drop every older key of the data folder at once"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = rotate_secrets(forget=options["forget"], actor=SYSTEM)
        except (Invalid, Refused) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{count} keys of model connections are encrypted with a new key.")
