"""`acknowledge_restore --email --reason`: an older database was put back on purpose."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.core.errors import GalleyError
from apps.teams.actions import acknowledge_restore


class Command(BaseCommand):
    help = "Say, as an admin, that an older database was put back: releases are possible again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="of the admin who says so")
        parser.add_argument("--reason", required=True)

    def handle(self, *args: Any, email: str, reason: str, **options: Any) -> None:
        admin = User.objects.filter(email__iexact=email, is_active=True).first()
        if admin is None:
            raise CommandError("There is nobody active with this address.")
        try:
            found = acknowledge_restore(reason=reason, actor=admin)
        except GalleyError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"Acknowledged: {found.kept} of {found.signed} signed entries are kept. "
            "Releases are possible again."
        )
