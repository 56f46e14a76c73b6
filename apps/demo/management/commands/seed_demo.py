"""`seed_demo` fills an empty database with the demo; it does nothing where there are people."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts.models import User
from apps.core.origin import coming_from
from apps.demo.seed import seed


class Command(BaseCommand):
    help = "Seed the demo data into an empty installation."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            self.stdout.write("There are people here already; nothing was seeded.")
            return
        # All or nothing: a demo that was cut off half-way would never be finished.
        with coming_from("command"), transaction.atomic():
            story, key = seed()
        folder = Path(settings.DATA)
        _keep(folder / "demo-read-key", key)
        _keep(folder / "demo-password", story.password)
        self.stdout.write(f"Seeded {len(story.people)} people and their prompts.")


def _keep(path: Path, secret: str) -> None:
    """A file that only this account may read, from its first byte on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secret)
