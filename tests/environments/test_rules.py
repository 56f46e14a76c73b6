from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.environments.actions import change_rule, override_rule, remove_rule
from apps.environments.models import Environment, Rule
from apps.environments.queries import (
    earlier_than,
    environments,
    rule_for,
    rule_sentence,
    rules_for,
    terms_of,
)
from apps.environments.rules import Lock, Terms, loosened
from apps.teams.actions import create_namespace, create_team
from tests.environments.test_freezes import HOLIDAY
from tests.releases.world import make_world, standing

STRICT = Terms(2, frozenset({(1, "Leads")}), "wait", False, True, False, 14, True)


def rule_of(name: str) -> Rule:
    return Rule.objects.get(environment__name=name, namespace__path="")


def test_seeded_environments_and_rules(world):
    found = [
        (e.name, e.position, e.protected, r.approvals, r.in_order, r.on_last_approval)
        for e in environments()
        for r in [rule_for(e, world.desk)]
    ]

    assert found == [
        ("development", None, False, 0, False, "release"),
        ("staging", 1, False, 1, True, "release"),
        ("production", 2, True, 1, True, "wait"),
    ]
    production = Environment.objects.get(name="production")
    assert [e.name for e in earlier_than(production)] == ["staging"]


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 0),
        ({"approvals": 3}, 0),
        ({"approvals": 1}, 1),
        ({"teams": frozenset()}, 1),
        ({"teams": frozenset({(1, "Leads"), (2, "Law")})}, 1),
        ({"teams": frozenset({(2, "Law")})}, 1),
        ({"on_last_approval": "release"}, 1),
        ({"own_approval": True}, 1),
        ({"in_order": False}, 1),
        ({"approvals_survive": True}, 1),
        ({"approval_days": 13}, 0),
        ({"approval_days": 15}, 1),
        ({"roll_back_approved": False}, 1),
        ({"freezes": frozenset({HOLIDAY})}, 0),
        ({"locks": frozenset({Lock("guardrails", 3, "Legal")})}, 0),
        ({"approvals": 0, "own_approval": True}, 2),
    ],
)
def test_loosening_is_named(change, count):
    assert len(loosened(STRICT, replace(STRICT, **change))) == count


def test_naming_teams_where_anyone_could_approve_is_stricter():
    anyone = replace(STRICT, teams=frozenset())

    assert loosened(anyone, STRICT) == []


def test_protected_rule_becomes_stricter_and_never_looser(world):
    rule = rule_of("production")
    strict = replace(terms_of(rule), approvals=2)

    change_rule(rule, terms=strict, reason="Two pairs of eyes", actor=world.admin)
    before = standing()
    with pytest.raises(NotPossible) as refused:
        change_rule(rule, terms=replace(strict, approvals=1), reason="Too slow", actor=world.admin)

    assert refused.value.code == "rule_loosened"
    assert refused.value.verdict.sentence == (
        "Fewer approvals would be enough. "
        "Production is protected: this waits until a second person approves it."
    )
    after = standing()
    assert (after.done - before.done, after.denied - before.denied) == (0, 1)
    assert rule_of("production").approvals == 2
    entry = AuditEntry.objects.get(event="environments.rule.changed", outcome="done")
    assert (entry.before["approvals"], entry.after["approvals"]) == (1, 2)
    assert rule.history.first().history_user == world.admin


def test_own_approval_cannot_be_switched_on_for_a_protected_environment(world):
    rule = rule_of("production")

    with pytest.raises(NotPossible) as refused:
        change_rule(
            rule, terms=replace(terms_of(rule), own_approval=True), reason="x", actor=world.admin
        )

    assert refused.value.code == "own_approval"


def test_unprotected_rule_can_be_loosened(world):
    rule = rule_of("staging")

    change_rule(
        rule, terms=replace(terms_of(rule), approvals=0, own_approval=True), reason="A small team",
        actor=world.admin,
    )  # fmt: skip

    assert rule_sentence(rule_of("staging")) == "Staging needs no approval."


def test_change_of_a_rule_needs_a_reason_and_a_number_that_can_be(world):
    rule = rule_of("staging")

    with pytest.raises(Invalid) as refused:
        change_rule(
            rule, terms=replace(terms_of(rule), approvals=10), reason=" ", actor=world.admin
        )

    assert set(refused.value.errors) == {"approvals", "reason"}


@pytest.mark.parametrize(("who", "error"), [("author", NotVisible), ("outsider", NotVisible)])
def test_who_does_not_manage_changes_no_rule(world, who, error):
    rule = rule_of("staging")

    with pytest.raises(error):
        change_rule(rule, terms=terms_of(rule), reason="x", actor=world[who])


def test_rule_of_a_namespace_holds_there_and_below(world):
    place = world.places["production"]
    below = create_namespace(world.desk, segment="cards", purpose="", actor=world.admin)
    other = create_namespace(world.desk.parent, segment="other", purpose="", actor=world.admin)
    strict = replace(terms_of(rule_of("production")), approvals=3)

    with pytest.raises(NotAllowed):
        override_rule(place, namespace=world.desk, terms=strict, reason="x", actor=world["author"])
    override_rule(place, namespace=world.desk, terms=strict, reason="x", actor=world.admin)

    needed = [rule_for(place, space).approvals for space in (world.desk, below, other)]
    assert needed == [3, 3, 1]
    assert rules_for(below)[place.pk].approvals == 3
    with pytest.raises(Invalid):
        override_rule(place, namespace=world.desk, terms=strict, reason="x", actor=world.admin)


def test_own_rule_of_a_namespace_cannot_be_looser_than_the_one_above(world):
    loose = replace(terms_of(rule_of("production")), approvals=0)

    with pytest.raises(NotPossible) as refused:
        override_rule(
            world.places["production"], namespace=world.desk, terms=loose, reason="x",
            actor=world.admin,
        )  # fmt: skip

    assert refused.value.code == "rule_loosened"


def test_sentence_names_number_teams_and_what_follows(world):
    leads = create_team(name="Leads", purpose="", actor=world.admin)
    law = create_team(name="Law", purpose="", actor=world.admin)
    rule = rule_of("production")
    terms = replace(
        terms_of(rule), approvals=2, teams=frozenset({(leads.pk, "Leads"), (law.pk, "Law")})
    )

    change_rule(rule, terms=terms, reason="x", actor=world.admin)

    assert rule_sentence(rule_of("production")) == (
        "Production needs 2 approvals from Law or Leads, not from anyone who edited the text. "
        "An approval counts for 14 days. After the last approval it waits for a releaser."
    )


def own_rule(world, name="staging", **change) -> Rule:
    place = world.places[name]
    terms = replace(terms_of(rule_of(name)), **change)
    return override_rule(place, namespace=world.desk, terms=terms, reason="x", actor=world.admin)


def test_own_rule_is_taken_away_and_the_one_above_holds_again(world):
    rule = own_rule(world, approvals=3)

    above = remove_rule(rule, reason="Not needed", actor=world.admin)

    assert above == rule_of("staging") == rule_for(world.places["staging"], world.desk)
    entry = AuditEntry.objects.get(event="environments.rule.removed")
    assert (entry.before["approvals"], entry.after["approvals"]) == (3, 1)
    assert (entry.reason, entry.target_id) == ("Not needed", str(rule.pk))
    assert Rule.history.filter(id=rule.pk, history_type="-").exists()


def test_taking_away_a_stricter_rule_loosens_and_is_refused_where_that_is(world):
    rule = own_rule(world, "production", approvals=2)

    with pytest.raises(NotPossible) as refused:
        remove_rule(rule, reason="Too slow", actor=world.admin)
    same = own_rule_as_strict_as_above(world)
    remove_rule(same, reason="The same", actor=world.admin)

    assert refused.value.code == "rule_loosened"
    assert Rule.objects.get(pk=rule.pk).approvals == 2
    assert AuditEntry.objects.filter(event="environments.rule.removed", outcome="denied").exists()
    assert not Rule.objects.filter(pk=same.pk).exists()


def own_rule_as_strict_as_above(world) -> Rule:
    place = world.places["production"]
    below = create_namespace(world.desk, segment="cards", purpose="", actor=world.admin)
    terms = terms_of(rule_for(place, below))
    return override_rule(place, namespace=below, terms=terms, reason="x", actor=world.admin)


def test_first_rule_stays_and_a_rule_goes_once_with_a_reason(world):
    with pytest.raises(NotPossible) as refused:
        remove_rule(rule_of("staging"), reason="x", actor=world.admin)
    assert refused.value.code == "first_rule"
    rule = own_rule(world)
    with pytest.raises(Invalid):
        remove_rule(rule, reason=" ", actor=world.admin)
    with pytest.raises(NotAllowed):
        remove_rule(rule, reason="x", actor=world["author"])

    remove_rule(rule, reason="x", actor=world.admin)

    for act in (lambda: remove_rule(rule, reason="x", actor=world.admin),
                lambda: change_rule(rule, terms=terms_of(rule_of("staging")), reason="x",
                                    actor=world.admin)):  # fmt: skip
        with pytest.raises(NotPossible) as again:
            act()
        assert again.value.code == "rule_gone"


def test_two_people_give_a_namespace_its_rule_at_once(own_database):
    world = make_world()
    place, terms = world.places["staging"], terms_of(rule_of("staging"))
    barrier, said = threading.Barrier(2), []

    def give(approvals: int) -> None:
        barrier.wait()
        try:
            override_rule(
                place, namespace=world.desk, terms=replace(terms, approvals=approvals),
                reason="x", actor=world.admin,
            )  # fmt: skip
            said.append("made")
        except Invalid as refused:
            said.append(str(refused.errors["namespace"][0]))
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=(count,)) for count in (2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(said) == ["desk has a rule already.", "made"]
    assert Rule.objects.filter(namespace=world.desk).count() == 1
    assert AuditEntry.objects.filter(event="environments.rule.made", outcome="done").count() == 1
