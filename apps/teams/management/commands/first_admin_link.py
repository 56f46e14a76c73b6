"""`first_admin_link` prints the link that makes the first admin, as long as there is nobody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from apps.accounts.links import token_for
from apps.core.actors import SYSTEM
from apps.teams.permissions import can_begin
from apps.teams.views.entrances import FIRST_ADMIN


def first_admin_link(base: str) -> str:
    path = reverse("teams:first_admin", args=[token_for(FIRST_ADMIN)])
    return f"{base.rstrip('/')}{path}"


class Command(BaseCommand):
    help = "Print the link that makes the first admin; it works on this machine, and once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base", default=settings.ADDRESS, help="address of the pages")

    def handle(self, *args: Any, base: str, **options: Any) -> None:
        may = can_begin(SYSTEM)
        if not may:
            raise CommandError(may.sentence)
        self.stdout.write(first_admin_link(base))
