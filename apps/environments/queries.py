from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Value

from apps.core.actors import Actor
from apps.core.composed import Composed, OneOf, beside
from apps.core.errors import require
from apps.core.page import is_reading, once
from apps.core.verdicts import not_visible
from apps.environments import rules
from apps.environments.freezes import Freeze, freeze_from
from apps.environments.models import Deployment, Environment, Release, Rule
from apps.environments.rules import Lock, Terms
from apps.environments.states import How
from apps.prompts.models import Prompt, Version
from apps.teams.models import Capability, Namespace, Team
from apps.teams.queries import visible_namespaces
from apps.teams.rights import granted_ids

LIVE = ("release__version", "release__made_by")


def environments() -> list[Environment]:
    """All of them: those outside the order first, then in order."""
    return list(Environment.objects.all())


def environment_for(name: str) -> Environment:
    """The environment of a name, or 404."""
    # The database takes no NUL, and no name holds one.
    environment = None if "\0" in name else Environment.objects.filter(name=name).first()
    if environment is None:
        require(not_visible())
    assert environment is not None
    return environment


def earlier_than(environment: Environment) -> list[Environment]:
    """The environments before this one in the order, first to last; none for one outside it."""
    return [] if environment.position is None else _EARLIER.rows(environment.position)


def _earlier(position: int) -> QuerySet[Environment]:
    rows = Environment.objects.filter(position__lt=Value(position, IntegerField()))
    return rows.order_by("position")


_EARLIER = Composed(_earlier, int)


def _deployment(prompt_id: int, environment_id: int) -> QuerySet[Deployment]:
    rows = Deployment.objects.filter(prompt_id=prompt_id, environment_id=environment_id)
    return rows.select_related(*LIVE)


_DEPLOYMENT = Composed(_deployment, int, int)


def deployment(prompt: Prompt, environment: Environment) -> Deployment | None:
    return _DEPLOYMENT.first(prompt.pk, environment.pk)


def live_release(prompt: Prompt, environment: Environment) -> Release | None:
    pointer = deployment(prompt, environment)
    return pointer.release if pointer else None


def live_version(prompt: Prompt, environment: Environment) -> Version | None:
    release = live_release(prompt, environment)
    return release.version if release else None


def live_revision(prompt: Prompt, environment: Environment) -> int:
    """How many times something went live there; 0 when nothing ever did."""
    pointer = deployment(prompt, environment)
    return pointer.revision if pointer else 0


def revisions_alike(release: Release | None) -> range:
    """The revisions at which the same was live as now. An experiment counts on, at its begin and at
    its end, and leaves live what is live."""
    if release is None:
        return range(1)
    if release.how != How.EXPERIMENT:
        return range(release.revision, release.revision + 1)
    rows = Release.objects.filter(prompt=release.prompt_id, environment=release.environment_id)
    before = rows.filter(revision__lt=release.revision).exclude(how=How.EXPERIMENT)
    first = before.order_by("-revision").values_list("revision", flat=True).first()
    return range(first or 1, release.revision + 1)


def live_map(prompts: Iterable[Prompt]) -> dict[tuple[int, int], Deployment]:
    """(prompt id, environment id) → what is live. One query."""
    rows = Deployment.objects.filter(prompt__in=[prompt.pk for prompt in prompts])
    rows = rows.select_related(*LIVE).defer("release__version__content")
    return {(row.prompt_id, row.environment_id): row for row in rows}


def was_live(version: Version, environment: Environment) -> bool:
    """Whether this version is or ever was live there."""
    return Release.objects.filter(version=version, environment=environment).exists()


def went_through(version: Version, environment: Environment) -> bool:
    """Whether it was live there for everybody, and came there through the gates: a share of the
    traffic is not all of it, the glass passes the gates, a roll back asks for nothing, and the end
    of an experiment only leaves what was there."""
    rows = Release.objects.filter(version=version, environment=environment, split__isnull=True)
    return rows.exclude(how__in=(How.BREAK_GLASS, How.ROLL_BACK, How.EXPERIMENT)).exists()


def all_rules() -> list[Rule]:
    """Every rule with its environment, namespace and teams; there are few. Two queries."""
    rows = Rule.objects.select_related("environment", "namespace").prefetch_related("teams")
    return list(rows.order_by("environment__position", "namespace__path"))


def nearest(found: Iterable[Rule], environment_id: int, lineage: list[int]) -> Rule:
    """The rule that holds: the one on the namespace nearest to the end of `lineage`."""
    here = {rule.namespace_id: rule for rule in found if rule.environment_id == environment_id}
    return next(here[pk] for pk in reversed(lineage) if pk in here)


def rule_for(environment: Environment, namespace: Namespace) -> Rule:
    """The rule that holds for a release into `environment` from this namespace."""
    return nearest(_rules_on(namespace), environment.pk, namespace.lineage)


def rule_above(rule: Rule) -> Rule:
    """The rule that would hold if this one, of a namespace below the first, were not there."""
    lineage = [pk for pk in rule.namespace.lineage if pk != rule.namespace_id]
    rows = Rule.objects.filter(environment=rule.environment, namespace_id__in=lineage)
    rows = rows.select_related("environment", "namespace").prefetch_related("teams")
    return nearest(rows, rule.environment_id, lineage)


def rules_for(namespace: Namespace) -> dict[int, Rule]:
    """Environment id → the rule that holds in this namespace."""
    found = _rules_on(namespace)
    return {pk: nearest(found, pk, namespace.lineage) for pk in {r.environment_id for r in found}}


def _rules_on(namespace: Namespace) -> list[Rule]:
    """The rules of all environments on a namespace and all above it, with their teams."""
    return once(("rules", *namespace.lineage), lambda: _rules_with_teams(namespace.lineage))


def _rules_with_teams(lineage: list[int]) -> list[Rule]:
    found = _RULES.rows(lineage)
    naming = [rule.pk for rule in found if rule.names_teams]  # type: ignore[attr-defined]
    links = _LINKS.rows(naming) if naming else []
    for rule in found:
        beside(rule, "teams", [link.team for link in links if link.rule_id == rule.pk])
    return found


def _rules(lineage: list[int]) -> QuerySet[Rule]:
    rows = Rule.objects.filter(OneOf("namespace_id", lineage))
    teams = Rule.teams.through.objects.filter(rule_id=OuterRef("pk"))
    return rows.select_related("environment", "namespace").annotate(names_teams=Exists(teams))


def _links(rules: list[int]) -> QuerySet[Any]:
    rows = Rule.teams.through.objects.filter(OneOf("rule_id", rules))
    return rows.select_related("team").order_by("team__name")


_RULES, _LINKS = Composed(_rules, list), Composed(_links, list)


def terms_of(rule: Rule) -> Terms:
    return Terms(
        approvals=rule.approvals,
        teams=frozenset((team.pk, team.name) for team in rule.teams.all()),
        on_last_approval=rule.on_last_approval,
        own_approval=rule.own_approval,
        in_order=rule.in_order,
        approvals_survive=rule.approvals_survive,
        approval_days=rule.approval_days,
        roll_back_approved=rule.roll_back_approved,
        freezes=frozenset(freeze_from(each) for each in rule.freezes),
        locks=locks_of([rule]),
    )


def locks_of(found: Iterable[Rule]) -> frozenset[Lock]:
    """The locks of some rules, with the names of their teams: a query where there are any."""
    pairs = {(each["type"], each["team"]) for rule in found for each in rule.locks}
    if not pairs:
        return frozenset()
    names = dict(Team.objects.filter(pk__in={pk for _type, pk in pairs}).values_list("pk", "name"))
    return frozenset(Lock(kind, pk, names.get(pk, "?")) for kind, pk in pairs)


def rules_along(environment: Environment, namespace: Namespace) -> list[Rule]:
    """The rules of an environment on a namespace and all above it, the widest first."""
    rows: Iterable[Rule]
    if is_reading():  # its teams are of no use here, but the page has asked for them already
        rows = [rule for rule in _rules_on(namespace) if rule.environment_id == environment.pk]
    else:
        rows = _RULES_AT.rows(environment.pk, namespace.lineage)
    return sorted(rows, key=lambda rule: namespace.lineage.index(rule.namespace_id))


def _rules_at(environment_id: int, lineage: list[int]) -> QuerySet[Rule]:
    return Rule.objects.filter(OneOf("namespace_id", lineage), environment_id=environment_id)


_RULES_AT = Composed(_rules_at, int, list)


def freezes_for(environment: Environment, namespace: Namespace) -> list[Freeze]:
    """What holds there: freezes of the namespaces above hold as well."""
    found = rules_along(environment, namespace)
    return sorted({freeze_from(each) for rule in found for each in rule.freezes})


def locks_for(environment: Environment, namespace: Namespace) -> list[Lock]:
    """The locked types of blocks there, those of the namespaces above as well."""
    return sorted(locks_of(rules_along(environment, namespace)))


def above_words(rule: Rule) -> list[str]:
    """What the rules above this one add to it, in sentences."""
    wider = rule.namespace.lineage[:-1]
    rows = [each for each in rules_along(rule.environment, rule.namespace) if each.pk != rule.pk]
    own = terms_of(rule)
    found = replace(
        own,
        freezes=frozenset(
            freeze_from(each) for row in rows if row.namespace_id in wider for each in row.freezes
        )
        - own.freezes,
        locks=locks_of(rows) - own.locks,
    )
    return rules.also(found)


def rule_sentence(rule: Rule) -> str:
    """In words: "Production needs 1 approval from Support leads. …"."""
    return rules.sentence(str(rule.environment), terms_of(rule))


def rule_of(actor: Actor, pk: int) -> Rule:
    """One rule of a namespace that the actor may see, or 404."""
    rows = Rule.objects.filter(namespace__in=visible_namespaces(actor))
    rule = rows.select_related("environment", "namespace").filter(pk=pk).first()
    if rule is None:
        require(not_visible())
    assert rule is not None
    return rule


def without_own_rule(actor: Actor, environment: Environment) -> QuerySet[Namespace]:
    """Namespaces that an actor manages and that have no rule of their own for an environment."""
    ids = granted_ids(actor, Capability.MANAGE)
    return Namespace.objects.filter(lineage__overlap=ids).exclude(rules__environment=environment)
