"""`verify_audit [FILE.jsonl]` walks the chain and names the first entry that does not fit."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.audit.chain import Walk, read_lines, report, walk


class Command(BaseCommand):
    help = "Check that the audit trail is whole, in the database or in an exported JSON Lines file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", help="an export in JSON Lines (default: database)")
        parser.add_argument(
            "--selection", action="store_true", help="the export is a filtered part: allow gaps"
        )

    def handle(self, *args: Any, file: str | None, selection: bool, **options: Any) -> None:
        seen = _walk_file(file, selection) if file else _walk_database()
        self.stdout.write(report(seen, selection=selection))
        if seen.broken is not None:
            sys.exit(1)


def _walk_file(path: str, selection: bool) -> Walk:
    try:
        with open(path, "rb") as lines:
            return walk(read_lines(lines), selection=selection)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _walk_database() -> Walk:
    from apps.audit.queries import walk_chain

    return walk_chain()
