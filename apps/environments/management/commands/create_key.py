"""`create_key` prints a new key, alone, on standard output."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.models import User
from apps.core.errors import Invalid, Refused
from apps.environments.actions.keys import create_key
from apps.environments.models import Environment
from apps.environments.states import KeyKind
from apps.teams.models import Capability, Namespace
from apps.teams.queries import root_namespace, visible_namespaces
from apps.teams.rights import people_with


class Command(BaseCommand):
    help = "Make an API key. It is printed once; only its hash is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kind", choices=KeyKind.values, default=KeyKind.READ)
        parser.add_argument("--environment", required=True, metavar="NAME")
        parser.add_argument(
            "--namespace", required=True, action="append", metavar="PATH",
            help="what the key may read; give it again for more than one",
        )  # fmt: skip
        parser.add_argument("--name", help="how the key is called in lists")
        parser.add_argument("--days", type=int, default=90, help="how long it lasts (90)")
        parser.add_argument(
            "--as", dest="email", metavar="EMAIL",
            help="who makes it and owns it; otherwise the first admin of the installation",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(_make(**options))
        except (Refused, Invalid) as problem:
            raise CommandError(str(problem)) from None


def _make(
    kind: str,
    environment: str,
    namespace: list[str],
    name: str | None,
    days: int,
    email: str | None,
    **_rest: Any,
) -> str:
    person = _person(email)
    places = [_namespace(person, path) for path in namespace]
    _key, text = create_key(
        _environment(environment),
        name=name or f"{', '.join(namespace)} in {environment}"[:80],
        kind=kind,
        namespaces=places,
        expires_in_days=days,
        owner=person,
        actor=person,
    )
    return text


def _person(email: str | None) -> User:
    if email:
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise CommandError(f"Nobody with the address {email} may sign in here.")
        return person
    admins = people_with(Capability.MANAGE, root_namespace())
    first = User.objects.filter(pk__in=admins).order_by("pk").first()
    if first is None:
        raise CommandError("There is no admin yet. Make one first: manage.py create_admin.")
    return first


def _environment(name: str) -> Environment:
    found = Environment.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Environment.objects.values_list("name", flat=True))
        raise CommandError(f"There is no environment “{name}”. There is: {known}.")
    return found


def _namespace(person: User, path: str) -> Namespace:
    found = visible_namespaces(person).filter(path=path.strip("/")).first()
    if found is None:
        raise CommandError(f"There is no namespace “{path}” that {person.email} may see.")
    return found
