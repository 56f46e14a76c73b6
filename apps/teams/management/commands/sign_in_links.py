"""`sign_in_links` prints a one-click link for each person of the demo."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from apps.accounts.links import sign_in_path
from apps.accounts.models import User
from apps.accounts.queries import demo_people
from apps.teams.management.commands.first_admin_link import first_admin_link
from apps.teams.queries import role_in_words


class Command(BaseCommand):
    help = "Print one-click links for the demo's people, or the one that makes the first admin."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base", default=settings.ADDRESS, help="address of the pages")

    def handle(self, *args: Any, base: str, **options: Any) -> None:
        if not User.objects.exists():
            self.stdout.write(f"Set up the first admin: {first_admin_link(base)}")
            return
        for person in demo_people():
            link = f"{base.rstrip('/')}{sign_in_path(person)}"
            self.stdout.write(f"{person.name} ({role_in_words(person)}): {link}")
