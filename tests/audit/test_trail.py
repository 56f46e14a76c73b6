"""Writing the trail: one entry an act, in its transaction, or no act."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from apps.audit import trail
from apps.audit.models import AuditEntry, AuditLabel
from apps.audit.queries import lines, newest, walk_chain
from apps.audit.registry import declare, events
from apps.audit.sentences import sentence
from apps.audit.trail import record
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid
from apps.teams.actions import create_team, erase_person, grant
from apps.teams.actions import deactivate_person as switch_off
from apps.teams.events import TEAM_CREATED
from apps.teams.models import Team
from apps.teams.queries import visible_entries
from tests.teams.people import Office, open_office


def said(entries):
    return [line.sentence for line in lines(entries.prefetch_related("labels"))]


def test_record_refuses_unknown_events_and_undeclared_data(office):
    with pytest.raises(KeyError):
        record("teams.team.vanished", actor=office.admin, target=office.leads)
    with pytest.raises(ValueError, match="does not declare colour"):
        record(TEAM_CREATED, actor=office.admin, target=office.leads, colour="red")

    entry = record(TEAM_CREATED, actor=office.admin, target=office.leads)

    assert entry.seq == AuditEntry.objects.count()


def test_declare_refuses_the_same_code_twice():
    with pytest.raises(ValueError, match="declared twice"):
        declare(TEAM_CREATED, "{actor}")


def test_every_event_of_ours_names_actor_and_target():
    for event in events():
        places = {"actor", "target", "environment", *event.keys}
        for text in (event.sentence, event.denied):
            named = {part.split("}")[0] for part in text.split("{")[1:]}
            assert named <= places, event.code


def test_record_entry_says_who_what_when_why_and_follows(office):
    grant(office.support, to=office.leads, role="viewer", reason="They asked", actor=office.admin)

    last, before = AuditEntry.objects.order_by("-seq")[:2]

    assert said(AuditEntry.objects.filter(pk=last.pk)) == [
        "Bo Lindqvist gave Support leads View on support"
    ]
    assert (last.reason, last.source, last.outcome) == ("They asked", "command", "done")
    assert (last.before, last.after) == ({"rights": []}, {"rights": ["View"]})
    assert (last.seq, last.previous_hash) == (before.seq + 1, before.hash)
    assert walk_chain().broken is None


def test_entry_keeps_no_name_that_could_not_be_erased(office):
    person = office.person("Nobody Else")
    switch_off(person, actor=office.admin)

    columns = [
        str([getattr(entry, field.name) for field in AuditEntry._meta.fields])
        for entry in AuditEntry.objects.all()
    ]

    assert [text for text in columns if "Nobody" in text or "Lindqvist" in text] == []
    assert AuditLabel.objects.filter(label="Nobody Else").count() == 2


def test_erase_person_leaves_the_chain_whole_and_says_someone(office):
    person = office.person("Nobody Else")
    grant(office.support, to=person, role="viewer", actor=office.admin)
    switch_off(person, actor=office.admin)

    erase_person(person, reason="Asked for it", actor=office.admin)

    seen = walk_chain()
    assert (seen.broken, seen.erased) == (None, 3)
    assert said(AuditEntry.objects.order_by("-seq"))[:3] == [
        "Bo Lindqvist erased the name of Someone (erased)",
        "Bo Lindqvist switched off the account of someone (erased)",
        "Bo Lindqvist gave someone (erased) View on support",
    ]
    person.refresh_from_db()
    assert (person.name, person.has_usable_password()) == ("Someone (erased)", False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'other' WHERE seq = 1",
        "DELETE FROM audit_auditentry WHERE seq = 1",
        "TRUNCATE audit_auditentry CASCADE",
        "INSERT INTO audit_auditentry SELECT * FROM audit_auditentry WHERE seq = 1",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER ALL",
        "DROP TABLE audit_auditentry CASCADE",
        "SET session_replication_role = replica",
    ],
)
def test_run_time_role_cannot_change_the_trail(office, statement):
    before = list(AuditEntry.objects.values())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert list(AuditEntry.objects.values()) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'other' WHERE seq = 1",
        "DELETE FROM audit_auditentry WHERE seq = 1",
        "TRUNCATE audit_auditentry CASCADE",
    ],
)
def test_even_the_owner_is_stopped_by_the_triggers(own_database, statement):
    open_office()

    with pytest.raises(DatabaseError, match="append-only"):
        connections["owner"].cursor().execute(statement)

    assert walk_chain().broken is None


def test_t23_an_act_whose_record_fails_does_not_happen(office, monkeypatch):
    def broken(*_args, **_kwargs):
        raise DatabaseError("the disk is full")

    before = Team.objects.count()
    monkeypatch.setattr(trail.AuditEntry.objects, "create", broken)
    with pytest.raises(DatabaseError, match="disk is full"):
        create_team(name="Fraud", actor=office.admin)
    assert Team.objects.count() == before

    monkeypatch.undo()
    create_team(name="Fraud", actor=office.admin)

    assert Team.objects.count() == before + 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE teams_team SET purpose = 'other'",
        "DELETE FROM teams_membership",
        "INSERT INTO accounts_user_groups (user_id, group_id)"
        " SELECT u.id, t.group_id FROM accounts_user u, teams_team t WHERE u.name = 'Priya'",
        "UPDATE accounts_user SET is_active = false WHERE name = 'Priya'",
        "DELETE FROM teams_namespaceuserobjectpermission",
        "UPDATE teams_namespace SET purpose = 'other'",
    ],
)
def test_t23_a_change_without_an_entry_is_refused_at_commit(own_database, change):
    """Not in the office's own transaction: one entry there would vouch for everything in it."""
    office = open_office()
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)

    with pytest.raises(IntegrityError, match="no audit entry"), transaction.atomic():
        connection.cursor().execute(change)

    with transaction.atomic():  # the same change with an entry beside it commits
        connection.cursor().execute(change)
        record(TEAM_CREATED, actor=office.admin, target=office.leads)


def test_a_refused_action_leaves_no_entry(office):
    before = AuditEntry.objects.count()

    with pytest.raises(Invalid):
        create_team(name="  ", actor=office.admin)

    assert AuditEntry.objects.count() == before


def test_the_chain_has_no_gaps_when_many_write_at_once(own_database):
    office = open_office()
    start, failed = threading.Barrier(4), []

    def write(number):
        try:
            start.wait(10)
            for turn in range(5):
                create_team(name=f"Team {number} {turn}", actor=office.admin)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    before = AuditEntry.objects.count()
    threads = [threading.Thread(target=write, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert walk_chain().entries == before + 20
    assert walk_chain().broken is None


def test_visible_entries_are_those_of_visible_namespaces(office: Office):
    other = office.person("Outsider")
    fraud = create_namespace_of(office, "fraud")
    grant(fraud, to=other, role="viewer", actor=office.admin)

    seen = {entry.namespace_id for entry in visible_entries(other)}

    assert seen == {fraud.pk}
    assert visible_entries(office.admin).count() == AuditEntry.objects.count()
    assert visible_entries(office.priya).count() == 0


def create_namespace_of(office, segment):
    from apps.teams.actions import create_namespace

    return create_namespace(office.root, segment=segment, actor=office.admin)


def test_system_and_denied_entries_in_words(office):
    record(TEAM_CREATED, actor=SYSTEM, target=office.leads, outcome="denied")

    line = newest(AuditEntry.objects.all())[0][0]

    assert (line.sentence, line.denied) == ("Galley made the team Support leads (refused)", True)
    assert line.actor.kind == "system"


def test_sentence_of_an_event_that_is_no_longer_declared(office):
    entry = AuditEntry(event="old.thing.done", outcome="done", actor_kind="person", data={})

    words = sentence(entry, {"actor": "Ana", "target": "x"})

    assert words == "Ana: old.thing.done, x"
