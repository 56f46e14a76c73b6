"""`migrate` runs as the owner of the database and then grants the run-time role its rights."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from apps.core.grants import grant_runtime_role


class Command(DjangoMigrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_half_of_what_was_merged(options["database"])
        super().handle(*args, **options)
        if options["database"] == "owner":
            grant_runtime_role("owner")


def refuse_half_of_what_was_merged(alias: str) -> None:
    """A merged migration of ours stands for all that it replaces, or for nothing yet."""
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        there = applied.keys() & set(migration.replaces)
        ours = type(migration).__module__.startswith("apps.")
        if ours and there and len(there) < len(migration.replaces):
            raise CommandError(
                f"This database has some of the migrations of {app} that {name} stands for, not all"
                " of them. Bring it to the end with the sources that still have them, then come"
                " back to these."
            )
