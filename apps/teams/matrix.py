"""Who may do what on one namespace, as the table of the administration page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.text import listing
from apps.teams import rights
from apps.teams.models import Capability, Membership, Namespace, Team
from apps.teams.roles import in_words

COLUMNS = [c for c in Capability if c != Capability.BREAK_GLASS]


@dataclass(frozen=True)
class Cell:
    """`state`: own (given here), inh (from a team or from above: `source` says), no."""

    capability: str
    label: str
    state: str
    source: str = ""

    @property
    def words(self) -> str:
        return {"own": _("given here"), "inh": self.source, "no": _("no")}[self.state]


@dataclass(frozen=True)
class Row:
    """One holder: `kind` is "user" or "team"; `note` says the role and the teams."""

    kind: str
    pk: int
    name: str
    holder: User | Team
    note: str
    cells: list[Cell]
    break_glass: Cell

    @property
    def given(self) -> str:
        """What is given right here, comma separated: a change says that it was made from this."""
        cells = [*self.cells, self.break_glass]
        return ",".join(cell.capability for cell in cells if cell.state == "own")


@dataclass(frozen=True)
class Block:
    """Rows under one heading: a team with its members, or everybody else."""

    title: str
    rows: list[Row]


@dataclass
class _Given:
    """What holders have on the lineage: capability → where from, and what is given right here."""

    own: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    above: dict[int, dict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


def matrix(namespace: Namespace, team: Team | None = None) -> list[Block]:
    """The rows for a namespace, or only those of one team. Six queries, whatever the size.

    People stand under their team (each once, under the first by name), teams with rights here
    first.
    """
    to_people, to_teams = _given_to_people(namespace), _given_to_teams(namespace)
    holding = set(to_teams.own) | set(to_teams.above)
    shown = _members({team.pk} if team else holding)
    if team is None:
        shown |= set(to_people.own) | set(to_people.above)
    people = User.objects.in_bulk(shown)
    names = _team_names(set(people))
    teams = _teams(holding, names, team)
    rest = set(people)
    blocks = []
    for each in teams:
        rows = [_team_row(each, to_teams)] if each.pk in holding or team else []
        for pk in _by_name([pk for pk in rest if each.pk in names.get(pk, {})], people):
            rows.append(_person_row(people[pk], to_people, to_teams, names))
            rest.discard(pk)
        if rows:
            blocks.append(Block(each.name, rows))
    if rest:
        rows = [
            _person_row(people[pk], to_people, to_teams, names) for pk in _by_name(rest, people)
        ]
        blocks.append(Block(_("In no team"), rows))
    return blocks


def _given_to_people(namespace: Namespace) -> _Given:
    given = _Given()
    for pk, capability, place, path in rights.given_to_people(namespace.lineage):
        _note(given, pk, capability, place == namespace.pk, path)
    return given


def _given_to_teams(namespace: Namespace) -> _Given:
    given = _Given()
    for pk, capability, place, path in rights.given_to_teams(namespace.lineage):
        _note(given, pk, capability, place == namespace.pk, path)
    return given


def _note(given: _Given, pk: int, capability: str, here: bool, path: str) -> None:
    if here:
        given.own[pk].add(capability)
    else:
        given.above[pk][capability].append(_("from %s") % (path or _("everything")))


def _teams(holding: set[int], names: dict[int, dict[int, str]], only: Team | None) -> list[Team]:
    if only is not None:
        return [only]
    pks = holding | {pk for teams in names.values() for pk in teams}
    return sorted(Team.objects.filter(pk__in=pks), key=lambda t: (t.pk not in holding, t.name))


def _members(teams: set[int]) -> set[int]:
    rows = Membership.objects.filter(team__in=teams, person__is_active=True)
    return set(rows.values_list("person_id", flat=True))


def _team_names(people: set[int]) -> dict[int, dict[int, str]]:
    """person id → {team id: name}."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    rows = Membership.objects.filter(person__in=people).order_by("team__name")
    for person, team, name in rows.values_list("person_id", "team_id", "team__name"):
        found[person][team] = name
    return found


def _by_name(pks: list[int] | set[int], people: dict[int, User]) -> list[int]:
    return sorted((pk for pk in pks if pk in people), key=lambda pk: people[pk].name.casefold())


def _team_row(team: Team, given: _Given) -> Row:
    own, above = given.own.get(team.pk, set()), given.above.get(team.pk, {})
    sources = {capability: listing(places) for capability, places in above.items()}
    note = _("The whole team: %s") % in_words({*own, *above}).lower()
    return _row("team", team.pk, team.name, team, note, own, sources)


def _person_row(
    person: User, to_people: _Given, to_teams: _Given, names: dict[int, dict[int, str]]
) -> Row:
    own = to_people.own.get(person.pk, set())
    sources: dict[str, list[str]] = defaultdict(list)
    for capability, places in to_people.above.get(person.pk, {}).items():
        sources[capability] += places
    for team, name in names.get(person.pk, {}).items():
        held = to_teams.own.get(team, set()) | set(to_teams.above.get(team, {}))
        for capability in held:
            sources[capability].append(_("from the team %s") % name)
    worded = {held: listing(list(dict.fromkeys(texts))) for held, texts in sources.items()}
    note = in_words({*own, *sources})
    return _row("user", person.pk, person.name, person, note, own, worded)


def _row(
    kind: str, pk: int, name: str, holder: User | Team, note: str,
    own: set[str], sources: dict[str, str],
) -> Row:  # fmt: skip
    def cell(capability: Capability) -> Cell:
        state = "own" if capability in own else "inh" if capability in sources else "no"
        source = sources.get(capability, "")
        return Cell(capability.value, str(capability.label), state, source)

    cells = [cell(capability) for capability in COLUMNS]
    return Row(kind, pk, name, holder, note, cells, cell(Capability.BREAK_GLASS))
