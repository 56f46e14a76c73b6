"""The days of the events: two functions of the owner make and drop them, and nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg.errors import CheckViolation

from apps.delivery.calls.postgres import PostgresCalls
from apps.delivery.calls.postgres_single import days
from apps.delivery.models import LogEvent
from tests.delivery.calls.made import call

pytestmark = pytest.mark.django_db
OLD = date(2001, 2, 3)


def ask(function, table, day):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [table, day])
        return cursor.fetchone()[0]


@pytest.mark.parametrize("function", ["galley_make_events", "galley_drop_events"])
@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("accounts_user", OLD),
        ("audit_auditentry", OLD),
        ("delivery_logevent_20010203; DROP TABLE accounts_user", OLD),
        ("public.delivery_logevent", OLD),
        ("", OLD),
        (None, OLD),
        ("delivery_logevent", None),
        ("delivery_logevent", "infinity"),
        ("delivery_logevent", "1999-12-31"),
        ("delivery_logevent", timezone.now().date() + timedelta(days=10)),
    ],
)
def test_functions_refuse_other_tables_and_days(function, table, day):
    with pytest.raises(DatabaseError, match="no table of events|no day of events"):
        ask(function, table, day)

    assert ask("galley_make_events", "delivery_logevent", OLD) is True


def test_day_is_made_and_dropped_once():
    made = [ask("galley_make_events", "delivery_logevent", OLD) for _ in range(2)]
    there = OLD in days()
    dropped = [ask("galley_drop_events", "delivery_logevent", OLD) for _ in range(2)]

    assert (made, there, dropped, OLD in days()) == ([True, False], True, [True, False], False)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE delivery_logevent_x PARTITION OF delivery_logevent DEFAULT",
        "DROP TABLE delivery_logevent",
        "TRUNCATE delivery_logevent",
        "ALTER TABLE delivery_logevent ADD COLUMN x int",
        "CREATE TEMP TABLE x (id int)",
        "CREATE FUNCTION galley_event_partition(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_run_time_role_can_do_no_more(statement):
    with pytest.raises(DatabaseError, match="permission denied|must be owner"):
        connection.cursor().execute(statement)


def test_event_lies_on_the_day_on_which_it_began():
    right = call("right")
    wrong = call("wrong", day=right.day - timedelta(days=1))
    engine = PostgresCalls()
    engine.write([right])

    with pytest.raises(CheckViolation, match="check constraint"):
        engine.write([wrong])

    assert LogEvent.objects.get().ident == "right"
