"""`create_admin --email --name` makes an admin of everything, or makes a person one."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.core.errors import GalleyError
from apps.teams.actions import make_admin


class Command(BaseCommand):
    help = "Make an admin of everything: a new person, or one who has an account already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="needed for a new person")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        known = User.objects.filter(email__iexact=email).exists()
        if not known and not name:
            raise CommandError("There is nobody with this address: give --name too.")
        try:
            person = make_admin(
                email=email, name=name, password=None if known else _password(), actor=SYSTEM
            )
        except GalleyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{person.name} is an admin of everything.")


def _password() -> str:
    """Typed twice at a terminal; the first line of standard input where there is none."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first, second = getpass.getpass("Password: "), getpass.getpass("The same again: ")
    if first != second:
        raise CommandError("The two passwords differ. Run the command again.")
    return first
