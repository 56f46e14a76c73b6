"""R14: whoever reads "everything after the last one" misses nothing. Numbers are given under the
trail's lock, so a lower one is never committed after a higher one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from apps.audit.models import AuditEntry
from apps.audit.trail import record
from apps.teams.events import TEAM_CHANGED
from tests.audit.following import Followed, follow, in_a_thread
from tests.teams.people import open_office

EVENTS, WRITERS = 2000, 8  # a fiftieth of the promised 100,000


@pytest.fixture
def office(own_database, monkeypatch):
    monkeypatch.setattr("apps.audit.trail.wake_subscribers", lambda: None)
    return open_office()


def wait_for_a_lock():
    """Until somebody waits for a lock in this database."""
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while True:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return


def after(cursor):
    return list(AuditEntry.objects.filter(seq__gt=cursor).values_list("seq", flat=True))


def test_r14_the_second_writer_waits_so_the_reader_sees_both_in_order(office):
    """Two connections: the first one has its number and has not committed."""
    last = AuditEntry.objects.count()
    numbered, commit = Event(), Event()

    def first():
        with transaction.atomic():
            record(TEAM_CHANGED, actor=office.admin, target=office.leads)
            numbered.set()
            assert commit.wait(20)

    def second():
        assert numbered.wait(20)
        with transaction.atomic():
            return record(TEAM_CHANGED, actor=office.admin, target=office.leads).seq

    with ThreadPoolExecutor(2) as pool:
        slow, quick = in_a_thread(pool, first), in_a_thread(pool, second)
        assert numbered.wait(20)
        wait_for_a_lock()
        between = (quick.done(), after(last))
        commit.set()
        slow.result(20)
        number = quick.result(20)

    assert between == (False, [])  # the reader stays where it is
    assert (after(last), number) == ([last + 1, last + 2], last + 2)


def test_r14_control_a_plain_serial_loses_the_slower_row(office):
    """The same two connections where a sequence of the database gives the numbers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('audit_chaincheck', 'id')")
    numbered, commit = Event(), Event()
    insert = "INSERT INTO audit_chaincheck (entries, why) VALUES (1, '') RETURNING id"

    def write(wait):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert)
            number = cursor.fetchone()[0]
            numbered.set()
            assert not wait or commit.wait(20)
        return number

    def read(number):
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM audit_chaincheck WHERE id > %s ORDER BY id", [number])
            return [row[0] for row in cursor.fetchall()]

    with ThreadPoolExecutor(2) as pool:
        slow = in_a_thread(pool, lambda: write(True))
        assert numbered.wait(20)
        higher = in_a_thread(pool, lambda: write(False)).result(20)
        seen = read(0)
        commit.set()
        lower = slow.result(20)
    seen += read(seen[-1])

    assert lower < higher
    assert seen == [higher]  # the lower one is never read


def test_r14_follower_sees_each_event_of_eight_writers_once(office):
    seen = follow(office.leads, office.admin, events=EVENTS, writers=WRITERS)

    assert seen == Followed(EVENTS, missed=0, again=0, disordered=0)
