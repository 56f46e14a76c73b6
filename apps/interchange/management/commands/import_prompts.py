"""`manage.py import_prompts FILE --namespace imported [--as EMAIL]`: prompts with their past."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.core.errors import Invalid, NotPossible, Refused, require
from apps.core.verdicts import not_visible
from apps.interchange.histories import BadLine, HistoryLine, read_histories
from apps.interchange.queries import acting_person
from apps.prompts.actions import import_prompt
from apps.prompts.content import check_path
from apps.prompts.permissions import can_import_prompt
from apps.teams.actions import create_namespace
from apps.teams.models import Namespace
from apps.teams.queries import namespace_for, root_namespace, visible_namespaces


class Command(BaseCommand):
    help = (
        "Bring prompts in with all their versions, from JSON Lines with one prompt a line. Needs"
        " the right “edit” or “manage” on the namespace. A second run adds what is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--namespace", default="imported", help="made if it is not there")
        parser.add_argument(
            "--as",
            dest="email",
            default="",
            metavar="EMAIL",
            help="who imports, with that person's rights; without it the first admin",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        person = acting_person(options["email"])
        if person is None:
            raise CommandError(_nobody(options["email"]))
        try:
            with options["file"].open("rb") as file:
                self._import(file, _namespace(options["namespace"], person), person)
        except OSError as error:
            reason = error.strerror or "unknown reason"
            raise CommandError(f"{options['file']} cannot be read: {reason}.") from None
        except (Refused, Invalid) as error:
            raise CommandError(_sentence(error)) from None

    def _import(self, file: Any, namespace: Namespace, person: User) -> None:
        done: Counter[str] = Counter()
        for line in read_histories(file):
            if isinstance(line, BadLine):
                self._skip(done, line.number, line.sentence)
            else:
                done.update(read=1)
                self._take(done, namespace, line, person)
        if not done["read"]:
            raise CommandError("No line of the file could be read, so nothing was imported.")
        self.stdout.write(
            f"{_counted(done['prompts'], 'prompt')} with {_counted(done['versions'], 'version')}"
            f" imported into {namespace.path}; {_counted(done['known'], 'prompt')} already here;"
            f" {_counted(done['skipped'], 'line')} skipped."
        )

    def _take(self, done: Counter[str], place: Namespace, line: HistoryLine, person: User) -> None:
        try:
            _prompt, added = import_prompt(
                place, segment=line.segment, name=line.name, versions=line.versions, actor=person
            )
        except NotPossible as refusal:
            if refusal.code != "nothing_to_import":
                self._skip(done, line.number, str(refusal))
                return
            done.update(known=1)
        except Invalid as error:
            self._skip(done, line.number, error.sentence)
        else:
            done.update(prompts=1, versions=added)

    def _skip(self, done: Counter[str], number: int, sentence: str) -> None:
        done.update(skipped=1)
        self.stderr.write(f"Line {number} is skipped. {sentence}")


def _nobody(email: str) -> str:
    if email:
        return f"There is no active person with the address {email}."
    return "There is no admin yet. Make the first one, or say who imports with --as EMAIL."


def _namespace(path: str, person: User) -> Namespace:
    """The namespace, made with those above it where they are missing and the person may."""
    if sentence := check_path(path):
        raise Invalid(sentence)
    found = visible_namespaces(person).filter(path=path).first()
    if found is None:
        found = _made(path, person)
    require(can_import_prompt(person, found))
    return found


def _made(path: str, person: User) -> Namespace:
    """404 for a path that is there and not for this person, as everywhere."""
    if Namespace.objects.filter(path=path).exists():
        require(not_visible(f"There is no namespace {path} that {person} may see."))
    above, _slash, segment = path.rpartition("/")
    if not above:
        parent = root_namespace()
    elif Namespace.objects.filter(path=above).exists():
        parent = namespace_for(person, above)
    else:
        parent = _made(above, person)
    return create_namespace(parent, segment=segment, actor=person)


def _sentence(error: Refused | Invalid) -> str:
    return error.sentence if isinstance(error, Invalid) else error.verdict.sentence


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
