"""How the workflow begins, and how its rules, rights, people, keys and days change meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import connections

from apps.environments import actions as rules
from apps.environments.freezes import Freeze
from apps.environments.models import Rule, RuleChange
from apps.environments.rules import Terms as RuleTerms
from apps.teams import actions as teams
from apps.teams.models import Team
from apps.teams.queries import root_namespace
from tests.releases.account import RIGHT, ROLES, Key, Terms
from tests.releases.account import Prompt as Account
from tests.releases.workflow import KEYS, PEOPLE, PROMPTS, Workflow

FIRST = {
    "ann": ("author", "reviewer"), "bob": ("author", "reviewer"), "cleo": ("reviewer", "releaser"),
    "dan": ("author", "reviewer", "releaser"), "eve": ("admin", "reviewer"),
}  # fmt: skip
EVER = Freeze("once", "Holidays", "UTC", "2000-01-01T00:00", "2900-01-01T00:00")


# The beginning


def begin(w: Workflow) -> None:
    world, oracle = w.world, w.oracle
    for name in PEOPLE:
        email = f"{name}@test.example"
        world.people[name] = teams.add_person(email=email, name=name, actor=world.admin)
        oracle.rights[name] = set()
        for role in FIRST[name]:
            teams.grant(world.desk, role=role, to=world[name], actor=world.admin)
            oracle.rights[name] |= ROLES[role]
    oracle.rights["admin"] = {"view", "comment", "manage", "manage all"}
    teams.create_team(name="leads", actor=world.admin)
    seeded = Terms(by_itself=True, in_order=True)
    oracle.rules = {("staging", ""): seeded, ("production", ""): Terms()}
    for name in PROMPTS:
        w.ids[name] = world.prompt(name, author="ann").pk
        oracle.prompts[name] = Account("Say hello.", {"ann"})
    for name in KEYS:
        new_key(w, name)


def new_key(w: Workflow, name: str) -> None:
    owner, place = w.random.choice(PEOPLE), w.place()
    key, _text = rules.create_key(
        w.environment(place), name=name, kind=name, namespaces=[w.world.desk],
        owner=w.world[owner] if may_own(w, name, owner, place) else w.world["dan"],
        actor=w.world.admin,
    )  # fmt: skip
    w.key_ids[name] = key.pk
    names = {w.world[person].pk: person for person in PEOPLE}
    w.oracle.keys[name] = Key(name, names[key.owner_id], "admin", place)


def may_own(w: Workflow, kind: str, owner: str, place: str) -> bool:
    needed = {"write": "edit", "release": RIGHT[place], "read": "view"}[kind]
    return w.oracle.may(owner, needed)


# Rules


def as_rule(w: Workflow, terms: Terms) -> RuleTerms:
    rows = Team.objects.filter(name__in=terms.teams)
    return RuleTerms(
        approvals=terms.approvals, teams=frozenset((team.pk, team.name) for team in rows),
        on_last_approval="release" if terms.by_itself else "wait", own_approval=terms.own,
        in_order=terms.in_order, approvals_survive=terms.survive, approval_days=terms.days,
        roll_back_approved=terms.back, freezes=frozenset({EVER} if terms.frozen else ()),
    )  # fmt: skip


def other_terms(w: Workflow, terms: Terms) -> Terms:
    """One thing of it another; half the time back to what a new installation has."""
    if w.random.random() < 0.5:
        return Terms()
    change: dict[str, Any] = w.random.choice(
        [
            {"approvals": w.random.randint(0, 2)}, {"by_itself": not terms.by_itself},
            {"own": not terms.own}, {"in_order": not terms.in_order},
            {"survive": not terms.survive}, {"days": w.random.choice([1, 3, 14, 30])},
            {"back": not terms.back},
            {"teams": frozenset() if terms.teams else frozenset({"leads"})},
            *([{"frozen": not terms.frozen}] if terms.frozen or w.random.random() < 0.4 else []),
        ]
    )  # fmt: skip
    return replace(terms, **change)


def rule_place(w: Workflow) -> tuple[str, str, str, Terms]:
    where = w.random.choice(["", "desk"])
    who = "admin" if not where else w.somebody("manage", keys=False)
    place = w.place()
    rows = w.oracle.rules
    above = replace(rows[place, ""], frozen=False)
    return place, where, who, rows.get((place, where), above)


def changes_rule(w: Workflow) -> None:
    place, where, who, before = rule_place(w)
    found = Rule.objects.filter(environment=w.environment(place), namespace=namespace(w, where))
    rule = found.first()
    if rule and where and w.random.random() < 0.3:
        rules.remove_rule(rule, reason="Why", actor=w.actor(who))
        w.oracle.rule_set(place, where, None, who)
        return
    terms = other_terms(w, before)
    how: dict[str, Any] = {"terms": as_rule(w, terms), "reason": "Why", "actor": w.actor(who)}
    if rule:
        rules.change_rule(rule, **how)
    else:
        rules.override_rule(w.environment(place), namespace=w.world.desk, **how)
    w.oracle.rule_set(place, where, terms, who)


def namespace(w: Workflow, where: str) -> Any:
    return w.world.desk if where else root_namespace()


def proposes_rule(w: Workflow) -> None:
    place, where, who, before = rule_place(w)
    own = (place, where) in w.oracle.rules
    terms: Terms | None = other_terms(w, before)
    kind = "change" if own else "override"
    if own and where and w.random.random() < 0.3:
        kind, terms = "remove", None
    change = rules.propose_change(
        w.environment(place), namespace=namespace(w, where), kind=kind,
        terms=as_rule(w, terms) if terms else None, reason="Why", actor=w.actor(who),
    )  # fmt: skip
    w.changes[change.pk] = (place, where, terms, who)


def decides_on_rule(w: Workflow) -> None:
    if not w.changes:
        return
    pk = w.random.choice(list(w.changes))
    place, where, terms, proposer = w.changes[pk]
    who = w.somebody("manage", keys=False)
    who = "admin" if w.random.random() < 0.5 else who
    change = RuleChange.objects.get(pk=pk)
    if w.random.random() < 0.3:
        rules.refuse_change(change, reason="No", actor=w.actor(who))
        del w.changes[pk]
        return
    rules.approve_change(change, actor=w.actor(who))
    del w.changes[pk]
    w.oracle.rule_set(place, where, terms, proposer, who)


# Rights, people, keys, time


def rights_change(w: Workflow) -> None:
    giver, to = w.somebody("manage", keys=False), w.random.choice(PEOPLE)
    giver = "admin" if w.random.random() < 0.5 else giver
    role = w.random.choice([*FIRST[to], *FIRST[to], "break_glass", *ROLES])
    rights = ROLES.get(role, {"break_glass"})
    give = w.random.random() < 0.7
    act = teams.grant if give else teams.revoke
    act(w.world.desk, capabilities=rights, to=w.world[to], actor=w.actor(giver))
    w.oracle.needs(giver, "manage")
    if give:
        w.oracle.rights[to] |= rights
    else:
        w.oracle.rights[to] -= rights


def switches(w: Workflow) -> None:
    """Off, and later on again."""
    if w.oracle.off:
        name = w.random.choice(sorted(w.oracle.off))
        teams.reactivate_person(w.world[name], actor=w.world.admin)
        w.oracle.off.discard(name)
        return
    if w.random.random() < 0.6:
        return
    name = w.random.choice(PEOPLE)
    teams.deactivate_person(w.world[name], reason="Left", actor=w.world.admin)
    w.oracle.off.add(name)


def joins_or_leaves(w: Workflow) -> None:
    name, leads = w.random.choice(PEOPLE), w.oracle.teams["leads"]
    team = Team.objects.get(name="leads")
    if name in leads:
        teams.remove_member(team, person=w.world[name], actor=w.world.admin)
        leads.discard(name)
    else:
        teams.add_member(team, person=w.world[name], actor=w.world.admin)
        leads.add(name)


def revokes_key(w: Workflow) -> None:
    name = w.random.choice(KEYS)
    rules.revoke_key(w.actor(name).key, reason="Lost", actor=w.world.admin)
    w.oracle.keys[name].revoked = True


def replaces_key(w: Workflow) -> None:
    revoked = [name for name in KEYS if w.oracle.keys[name].revoked]
    if revoked:
        new_key(w, revoked[0])


def days_go_by(w: Workflow) -> None:
    """Approvals grow old: what they are dated is the owner's of the database to write."""
    days = w.random.choice([0.5, 2, 5])
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE reviews_decision DISABLE TRIGGER USER")
        back = "UPDATE reviews_decision SET made_at = made_at - make_interval(hours => %s)"
        cursor.execute(back, [int(days * 24)])
        cursor.execute("ALTER TABLE reviews_decision ENABLE TRIGGER USER")
    w.oracle.now += days
