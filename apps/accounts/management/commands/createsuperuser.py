from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Galley has no superusers: use create_admin."

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "Galley has no superusers. "
            "Run `manage.py create_admin --email you@example.org --name 'Your Name'` instead."
        )
