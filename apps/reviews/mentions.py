"""Who is named in a comment: "@Ana Example" or "@Legal", by the names of people and teams.

Somebody without access is recognised for whom the directory is open: who may give rights here. To
everyone else such a name is a word like any other, so that no name can be tried out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.prompts.models import Prompt
from apps.reviews.models import Comment, Mention
from apps.teams import rights
from apps.teams.models import Capability, Team
from apps.teams.permissions import can_manage_namespace

MOST = 50  # names in one comment
OFFERED = 8
LONGEST = 80  # characters of a name that are looked at
_AT = re.compile(r"(?<![\w@])@(?=\w)")


@dataclass
class Named:
    people: list[User] = field(default_factory=list)
    teams: list[Team] = field(default_factory=list)


def people_with_access(prompt: Prompt) -> dict[int, User]:
    ids = rights.people_with(Capability.VIEW, prompt.namespace)
    people = User.objects.filter(pk__in=ids, is_active=True).order_by("name", "pk")
    return {person.pk: person for person in people}


def teams_with_access(prompt: Prompt) -> list[Team]:
    given = rights.given_to_teams(prompt.namespace.lineage)
    return list(Team.objects.filter(pk__in={row[0] for row in given}).order_by("name"))


def mentionable(actor: Actor, prompt: Prompt, typed: str) -> list[User | Team]:
    """Who can be named here and is told: people and teams that see this prompt."""
    wanted = typed.strip().casefold()[:LONGEST]
    everyone: list[User | Team] = [*people_with_access(prompt).values(), *teams_with_access(prompt)]
    found = [one for one in everyone if _fits(str(one), wanted)]
    mine = getattr(actor, "pk", None)
    return [one for one in found if not (isinstance(one, User) and one.pk == mine)][:OFFERED]


def _fits(name: str, wanted: str) -> bool:
    lowered = name.casefold()
    return lowered.startswith(wanted) or any(w.startswith(wanted) for w in lowered.split())


def named_in(text: str, actor: Actor, prompt: Prompt) -> Named:
    """The longest known name after each "@". A name that two people bear names both."""
    named, heads = Named(), _heads(text)
    if not heads:
        return named
    people: Iterable[User] = people_with_access(prompt).values()
    teams = teams_with_access(prompt)
    if can_manage_namespace(actor, prompt.namespace):
        people, teams = User.objects.filter(is_active=True), list(Team.objects.all())
    known = _by_name([*people, *teams])
    found = {one for head in heads for one in _longest(head, known)}
    named.people = sorted((o for o in found if isinstance(o, User)), key=lambda o: o.pk)
    named.teams = sorted((o for o in found if isinstance(o, Team)), key=lambda o: o.pk)
    return named


def unknown_in(text: str, known: Iterable[User | Team]) -> list[str]:
    """The first word after each "@" that names nobody of those."""
    names = _by_name(known)
    missed = [head for head in _heads(text) if not _longest(head, names)]
    return list(dict.fromkeys(re.split(r"\W", head, maxsplit=1)[0] for head in missed))


def _by_name(everyone: Iterable[User | Team]) -> dict[str, list[User | Team]]:
    known: dict[str, list[User | Team]] = {}
    for one in everyone:
        known.setdefault(str(one).casefold(), []).append(one)
    return known


def _heads(text: str) -> list[str]:
    """What follows each "@", as far as a name can reach."""
    return [text[at.end() : at.end() + LONGEST] for at in _AT.finditer(text)][:MOST]


def _longest(head: str, known: dict[str, list[User | Team]]) -> list[User | Team]:
    lowered = head.casefold()
    ends = [m.start() for m in re.finditer(r"(?<=\w)(?!\w)", lowered)]
    for end in reversed(ends):
        if found := known.get(lowered[:end]):
            return found
    return []


def without_access(comment: Comment) -> list[User]:
    """Who is named in it and does not see it."""
    people = [m.person for m in comment.mentions.all() if m.person is not None]
    if not people:
        return []
    inside = rights.people_with(Capability.VIEW, comment.thread.prompt.namespace)
    return [person for person in people if person.pk not in inside]


def people_of(comment: Comment) -> set[int]:
    """Ids of those whom it names, teams one by one, who may see it; never its writer."""
    rows = Mention.objects.filter(comment=comment)
    people = set(rows.exclude(person=None).values_list("person_id", flat=True))
    teams = rows.exclude(team=None).values("team_id")
    people |= set(User.objects.filter(memberships__team__in=teams).values_list("pk", flat=True))
    inside = rights.people_with(Capability.VIEW, comment.thread.prompt.namespace)
    return {pk for pk in people if pk in inside} - {comment.author_id}
