"""`verify_audit [FILE.jsonl]` walks the chain and names the first entry that does not fit; without
a file it also reads the signed checkpoints."""

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
        if file:
            self._file(file, selection)
        else:
            self._database()

    def _file(self, path: str, selection: bool) -> None:
        seen = _walk_file(path, selection)
        self.stdout.write(report(seen, selection=selection))
        if seen.broken is not None:
            sys.exit(1)

    def _database(self) -> None:
        """The chain of the database, and the checkpoints that lie outside it."""
        from apps.audit.held import held
        from apps.audit.queries import walk_chain

        seen, signed = walk_chain(), held()
        self.stdout.write(report(seen))
        self.stdout.write(signed.report)
        if seen.broken is not None or signed.broken is not None:
            sys.exit(1)


def _walk_file(path: str, selection: bool) -> Walk:
    try:
        with open(path, "rb") as lines:
            return walk(read_lines(lines), selection=selection)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
