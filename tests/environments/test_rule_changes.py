"""A looser rule of a protected environment waits for a second person (T2, T6): by the action, by
the page and by the database itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from apps.audit.subscribers import run_all
from apps.audit.trail import record
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.environments.actions import (
    approve_change,
    change_rule,
    override_rule,
    propose_change,
    refuse_change,
    remove_rule,
    withdraw_change,
)
from apps.environments.change_queries import change_row
from apps.environments.models import Rule, RuleChange
from apps.environments.queries import rule_for, terms_of
from apps.environments.rules import Lock, Terms
from apps.notifications.models import InboxItem
from apps.notifications.queries import inbox
from apps.teams.actions import create_team, deactivate_person, grant, revoke
from tests.environments.test_freezes import HOLIDAY, WEEKEND
from tests.releases.test_t01_unauthorised import BACKEND
from tests.releases.world import World, make_world, standing


def second(world: World):
    """A second person who manages everything."""
    grant(world.desk.parent, role="admin", to=world["viewer"], actor=world.admin)
    return world["viewer"]


def production() -> Rule:
    return Rule.objects.get(environment__name="production", namespace__path="")


def strict(world: World) -> Terms:
    """Production asks for two approvals, freezes and locks."""
    legal = create_team(name="Legal", actor=world.admin)
    terms = replace(
        terms_of(production()), approvals=2, roll_back_approved=True, approval_days=7,
        freezes=frozenset({HOLIDAY, WEEKEND}),
        locks=frozenset({Lock("guardrails", legal.pk, "Legal")}),
    )  # fmt: skip
    change_rule(production(), terms=terms, reason="Strict", actor=world.admin)
    return terms


def propose(world: World, terms: Terms | None, kind: str = "change", **more) -> RuleChange:
    return propose_change(
        world.places["production"], namespace=more.get("namespace", world.desk.parent), kind=kind,
        terms=terms, reason="Too slow", actor=more.get("actor", world.admin),
    )  # fmt: skip


LOOSER = {
    "fewer approvals": lambda terms: replace(terms, approvals=1),
    "older approvals": lambda terms: replace(terms, approval_days=8),
    "roll back": lambda terms: replace(terms, roll_back_approved=False),
    "by itself": lambda terms: replace(terms, on_last_approval="release"),
    "no order": lambda terms: replace(terms, in_order=False),
    "survive": lambda terms: replace(terms, approvals_survive=True),
    "no freeze": lambda terms: replace(terms, freezes=frozenset({WEEKEND})),
    "no lock": lambda terms: replace(terms, locks=frozenset()),
}


@pytest.mark.parametrize("how", LOOSER)
def test_looser_rule_waits_and_holds_once_a_second_person_approved_it(own_database, how):
    world = make_world()
    before, other = strict(world), second(world)
    after = LOOSER[how](before)

    with pytest.raises(NotPossible) as refused:
        change_rule(production(), terms=after, reason="x", actor=world.admin)
    change = propose(world, after)
    waiting = terms_of(production())
    with pytest.raises(NotAllowed) as own:
        approve_change(change, actor=world.admin)
    approve_change(change, actor=other)

    assert (refused.value.code, own.value.code) == ("rule_loosened", "own_proposal")
    assert (waiting, terms_of(production())) == (before, after)
    change.refresh_from_db()
    assert (change.state, change.decided_by, change.decided_in is not None) == (
        "approved", other, True,
    )  # fmt: skip


def test_only_what_is_looser_is_proposed_and_one_at_a_time(world):
    before = strict(world)
    propose(world, replace(before, approvals=1))

    codes = []
    for terms, kind in (
        (replace(before, approvals=0), "change"),
        (replace(before, approvals=3), "change"),
        (replace(before, own_approval=True), "change"),
        (replace(before, approvals=0), "override"),
        (None, "remove"),
    ):
        with pytest.raises(NotPossible) as refused:
            propose(world, terms, kind)
        codes.append(refused.value.code)

    assert codes == ["waits_already", "not_looser", "own_approval", "other_rule", "other_rule"]
    with pytest.raises(Invalid):
        propose_change(
            world.places["production"], namespace=world.desk, kind="override",
            terms=replace(before, approvals=0), reason=" ", actor=world.admin,
        )  # fmt: skip


def moved(world, other):
    terms = replace(terms_of(production()), approvals=5)
    change_rule(production(), terms=terms, reason="x", actor=world.admin)


def proposer_gone(world, other):
    revoke(world.desk.parent, role="admin", to=world["author"], actor=other)


def nothing(world, other):
    pass


@pytest.mark.parametrize(
    ("cause", "code"),
    [(nothing, None), (moved, "rule_moved"), (proposer_gone, "proposer_lost_right")],
)
def test_approval_asks_everything_again(world, cause, code):
    before, other = strict(world), second(world)
    grant(world.desk.parent, role="admin", to=world["author"], actor=world.admin)
    change = propose(world, replace(before, approvals=1), actor=world["author"])
    cause(world, other)
    was = standing()

    if code is None:
        approve_change(change, actor=other)
        assert production().approvals == 1
        return
    with pytest.raises(NotPossible) as refused:
        approve_change(change, actor=other)

    assert refused.value.code == code
    assert production().approvals > 1
    assert standing().denied - was.denied == 1


def test_who_approves_manages_the_namespace_at_that_moment(world):
    before, other = strict(world), second(world)
    change = propose(world, replace(before, approvals=1))
    deactivate_person(other, actor=world.admin)

    with pytest.raises(NotVisible):
        approve_change(change, actor=other)
    with pytest.raises(NotVisible):
        approve_change(change, actor=world["reviewer"])

    row = change_row(change)
    assert row.alone
    assert row.who.startswith("It waits: nobody but Admin manages")


def test_who_can_decide_a_looser_rule_has_it_in_the_inbox(world):
    before, other = strict(world), second(world)
    change = propose(world, replace(before, approvals=1))
    run_all()

    row = inbox(other).rows[0]
    refuse_change(change, reason="No", actor=other)
    run_all()

    assert (row.title, row.reason, row.url) == (
        "Admin proposes a looser rule of Production: it waits for you", "Too slow",
        f"/admin/rules/changes/{change.pk}/",
    )  # fmt: skip
    assert inbox(other).rows == []
    told = InboxItem.objects.get(person=world.admin, rule_change=change)
    assert (told.event, told.needs_action) == ("environments.change.refused", False)


def test_looser_rule_is_refused_or_withdrawn_and_can_be_proposed_again(world):
    before, other = strict(world), second(world)
    after = replace(before, approvals=1)

    with pytest.raises(Invalid):
        refuse_change(propose(world, after), reason="", actor=other)
    refuse_change(RuleChange.objects.get(), reason="No", actor=other)
    change = propose(world, after)
    with pytest.raises(NotAllowed):
        withdraw_change(change, actor=other)
    withdraw_change(change, actor=world.admin)
    with pytest.raises(NotPossible):
        approve_change(change, actor=other)

    states = list(RuleChange.objects.order_by("pk").values_list("state", flat=True))
    assert (states, production().approvals) == (["refused", "withdrawn"], 2)


def test_looser_own_rule_and_its_removal_wait_too(own_database):
    world = make_world()
    other, place = second(world), world.places["production"]
    loose = replace(terms_of(production()), approvals=0)
    tight = replace(loose, approvals=3)

    approve_change(propose(world, loose, "override", namespace=world.desk), actor=other)
    own = rule_for(place, world.desk)
    assert (own.namespace, own.approvals) == (world.desk, 0)
    change_rule(own, terms=tight, reason="x", actor=world.admin)
    with pytest.raises(NotPossible):
        remove_rule(own, reason="x", actor=world.admin)
    approve_change(propose(world, None, "remove", namespace=world.desk), actor=other)

    assert rule_for(place, world.desk).pk == production().pk


def test_stricter_own_rule_needs_nobody_and_what_is_above_holds_on(own_database):
    world = make_world()
    strict(world)
    own = replace(terms_of(production()), approvals=2, freezes=frozenset(), locks=frozenset())

    rule = override_rule(
        world.places["production"], namespace=world.desk, terms=own, reason="x", actor=world.admin
    )

    assert terms_of(rule) == own


# --- the database ---------------------------------------------------------------------------


def write(sql: str, *values) -> None:
    """One statement, with an entry in its transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        record("environments.rule.changed", actor=SYSTEM, target=production())
        cursor.execute(sql, values)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE environments_rule SET freezes = '[]' WHERE id = %s",
        "UPDATE environments_rule SET locks = '[]' WHERE id = %s",
        "UPDATE environments_rule SET roll_back_approved = false WHERE id = %s",
        "DELETE FROM environments_rule_teams WHERE rule_id = %s",
        "UPDATE environments_rule_teams SET team_id = (SELECT max(id) FROM teams_team)"
        " WHERE rule_id = %s",
        "UPDATE environments_rule SET settled = NULL WHERE id = %s",
        "UPDATE environments_environment SET protected = false WHERE id ="
        " (SELECT environment_id FROM environments_rule WHERE id = %s)",
        "INSERT INTO environments_rule (environment_id, namespace_id, approvals, own_approval,"
        " in_order, on_last_approval, approvals_survive, approval_days, roll_back_approved,"
        " freezes, locks) SELECT environment_id, (SELECT id FROM teams_namespace WHERE path ="
        " 'desk'), 0, false, true, 'wait', false, 14, false, '[]', '[]' FROM environments_rule"
        " WHERE id = %s",
    ],
)
def test_database_takes_no_looser_rule_from_one_person(own_database, sql):
    world = make_world()
    first = create_team(name="Leads", actor=world.admin)
    terms = replace(strict(world), teams=frozenset({(first.pk, "Leads")}))
    change_rule(production(), terms=terms, reason="x", actor=world.admin)
    create_team(name="Others", actor=world.admin)
    before = terms_of(production())

    with pytest.raises(DatabaseError, match="second person only|not rewritten|stays protected"):
        write(sql, production().pk)

    assert terms_of(production()) == before
    assert Rule.objects.count() == 3


def test_database_takes_a_stricter_rule_from_one_person(own_database):
    make_world()

    write("UPDATE environments_rule SET approvals = 4 WHERE id = %s", production().pk)

    assert production().approvals == 4


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE environments_rulechange SET after = before",
        "UPDATE environments_rulechange SET state = 'approved', decided_by_id = proposed_by_id",
        "UPDATE environments_rulechange SET state = 'approved'",
        "UPDATE environments_rulechange SET decided_in = 1",
        "DELETE FROM environments_rulechange",
        "INSERT INTO environments_rulechange (environment_id, namespace_id, kind, before, after,"
        " reason, state, proposed_by_id, decided_by_id, answer) SELECT environment_id,"
        " (SELECT id FROM teams_namespace WHERE path = 'desk'), kind, before, after, reason,"
        " 'approved', proposed_by_id, proposed_by_id, '' FROM environments_rulechange",
    ],
)
def test_database_keeps_what_was_proposed(own_database, sql):
    world = make_world()
    propose(world, replace(strict(world), approvals=1))

    with pytest.raises(DatabaseError):
        write(sql)

    assert RuleChange.objects.get().state == "open"


# --- the pages ------------------------------------------------------------------------------


def client_of(person) -> Client:
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def test_page_of_a_rule_sends_a_looser_one_to_a_second_person(world):
    other = second(world)
    fields = {
        "approvals": 0, "on_last_approval": "wait", "in_order": "on", "approval_days": 14,
        "reason": "A small team",
    }  # fmt: skip

    answer = client_of(world.admin).post(
        reverse("environments:change_rule", args=[production().pk]), fields
    )
    change = RuleChange.objects.get()
    address = reverse("environments:rule_change", args=[change.pk])
    mine = client_of(world.admin).get(address).content.decode()
    listed = client_of(other).get(reverse("pages:admin_rules")).content.decode()
    theirs = client_of(other)
    silent = theirs.post(address, {"outcome": "refuse", "reason": ""})
    done = theirs.post(address, {"outcome": "approve", "reason": "Fine"})

    assert (answer.status_code, answer.url) == (302, address)
    assert "Viewer can approve it." in mine
    assert 'value="withdraw"' in mine and 'value="approve"' not in mine
    assert f'href="{address}"' in listed
    assert (silent.status_code, done.status_code) == (422, 302)
    assert production().approvals == 0
