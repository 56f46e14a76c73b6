"""Rules, environments and keys in the database itself, as the role that Galley runs as."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from apps.audit.trail import record
from apps.core.actors import SYSTEM
from apps.environments.actions import change_rule, create_key, override_rule, revoke_key
from apps.environments.models import ApiKey, Environment, Rule
from apps.environments.queries import terms_of
from apps.teams.actions import create_team
from tests.releases.world import World, make_world

PRODUCTION = "environment_id = (SELECT id FROM environments_environment WHERE name = 'production')"
UNAUDITED = "has no audit entry in its transaction"


@pytest.fixture
def kept(own_database: str) -> World:
    """One key, and a team on a rule of its own; each made through its action and committed."""
    world = make_world()
    staging, team = world.places["staging"], create_team(name="Leads", actor=world.admin)
    terms = replace(
        terms_of(Rule.objects.get(environment=staging)), teams=frozenset({(team.pk, "Leads")})
    )
    override_rule(staging, namespace=world.desk, terms=terms, reason="Theirs", actor=world.admin)
    create_key(
        world.places["production"], name="Till", kind="read", namespaces=[world.desk],
        owner=world.admin, actor=world.admin,
    )  # fmt: skip
    return world


def write(sql: str) -> None:
    """One statement, judged at once, in a transaction that has no entry."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_these_tests_run_as_the_role_that_galley_runs_as(kept):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (settings.GALLEY_RUNTIME_ROLE,)


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE environments_rule SET approvals = 5 WHERE {PRODUCTION}",
        "UPDATE environments_rule SET approvals = 0",
        "INSERT INTO environments_rule (environment_id, namespace_id, approvals, own_approval,"
        " in_order, on_last_approval, approvals_survive, approval_days, roll_back_approved,"
        " freezes, locks) SELECT e.id, n.id, 5, false, true, 'wait', false, 14, true, '[]', '[]'"
        " FROM environments_environment e, teams_namespace n"
        " WHERE e.name = 'production' AND n.path = 'desk'",
        "DELETE FROM environments_rule_teams",
        "UPDATE environments_environment SET name = 'live' WHERE protected",
        "UPDATE environments_apikey SET revoked_at = now()",
        "UPDATE environments_apikey SET expires_at = expires_at + interval '10 years'",
        "UPDATE environments_apikey SET secret_hash = repeat('0', 64)",
        "INSERT INTO environments_apikey (name, kind, environment_id, owner_id, selector,"
        " secret_hash, expires_at) SELECT name, kind, environment_id, owner_id, 'another',"
        " secret_hash, expires_at FROM environments_apikey",
        "INSERT INTO environments_apikey_namespaces (apikey_id, namespace_id)"
        " SELECT k.id, n.id FROM environments_apikey k, teams_namespace n WHERE n.path = ''",
        "DELETE FROM environments_apikey_namespaces",
    ],
)
def test_database_refuses_a_rule_or_key_without_an_entry(kept, sql):
    only_staging = sql == "UPDATE environments_rule SET approvals = 0"
    if only_staging:  # production's is refused for another reason, below
        sql += f" WHERE NOT {PRODUCTION}"

    with pytest.raises(DatabaseError, match=UNAUDITED):
        write(sql)


def test_every_column_of_a_key_but_its_last_use_is_guarded():
    from importlib import import_module

    guards = import_module("apps.environments.migrations.0002_triggers")

    columns = {field.column for field in ApiKey._meta.concrete_fields}
    assert columns - set(guards.KEY_COLUMNS.split(", ")) == {"last_used_at"}


def test_use_of_a_key_needs_no_entry(kept):
    write("UPDATE environments_apikey SET last_used_at = now()")

    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    "change",
    [
        "approvals = 0",
        "own_approval = true",
        "approval_days = 15",
        "on_last_approval = 'release'",
        "in_order = false",
        "approvals_survive = true",
        "environment_id = (SELECT id FROM environments_environment WHERE name = 'development')",
        "namespace_id = (SELECT id FROM teams_namespace WHERE path = 'desk')",
    ],
)
def test_database_keeps_the_rule_of_production_strict_even_with_an_entry(kept, change):
    rule = Rule.objects.get(environment=kept.places["production"])
    before = Rule.objects.values().get(pk=rule.pk)

    with (
        pytest.raises(DatabaseError, match="with a second person only|stays where it was made"),
        transaction.atomic(),
    ):
        record("environments.rule.changed", actor=SYSTEM, target=rule)
        write(f"UPDATE environments_rule SET {change} WHERE {PRODUCTION}")

    assert Rule.objects.values().get(pk=rule.pk) == before


def test_actions_pass_the_guards(kept):
    rule = Rule.objects.get(environment=kept.places["production"])
    stricter = replace(terms_of(rule), approvals=2)
    staging = Rule.objects.get(environment__name="staging", namespace=kept.desk)
    looser = replace(terms_of(staging), approvals=0, own_approval=True, teams=frozenset())

    change_rule(rule, terms=stricter, reason="Two pairs of eyes", actor=kept.admin)
    change_rule(staging, terms=looser, reason="Only a rehearsal", actor=kept.admin)
    key = revoke_key(ApiKey.objects.get(), reason="Lost", actor=kept.admin)

    rule.refresh_from_db()
    staging.refresh_from_db()
    assert (rule.approvals, terms_of(staging)) == (2, looser)
    assert key.revoked_at is not None
    assert Environment.objects.get(name="production").protected
