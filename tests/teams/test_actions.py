"""Who may manage people, teams and namespaces, and what stands in the way."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.core.origin import coming_from
from apps.teams import paths
from apps.teams.actions import (
    accept_invitation,
    add_member,
    add_person,
    change_namespace,
    change_team,
    create_first_admin,
    create_namespace,
    create_team,
    deactivate_person,
    erase_person,
    grant,
    invite_person,
    make_admin,
    reactivate_person,
    remove_member,
    revoke,
    withdraw_invitation,
)
from apps.teams.models import Invitation, Namespace, Team
from apps.teams.queries import root_namespace
from tests.teams.people import PASSWORD, open_office

GOVERNED = {
    "team": lambda o, actor: create_team(name="Fraud", actor=actor),
    "change team": lambda o, actor: change_team(o.leads, name="Leads", actor=actor),
    "member": lambda o, actor: add_member(o.leads, person=o.priya, actor=actor),
    "no member": lambda o, actor: remove_member(o.leads, person=o.ana, actor=actor),
    "namespace": lambda o, actor: create_namespace(o.support, segment="cards", actor=actor),
    "purpose": lambda o, actor: change_namespace(o.support, purpose="Desk", actor=actor),
    "grant": lambda o, actor: grant(o.support, to=o.ana, role="admin", actor=actor),
    "person": lambda o, actor: add_person(email="x@y.example", name="X", actor=actor),
    "off": lambda o, actor: deactivate_person(o.ana, actor=actor),
    "invite": lambda o, actor: invite_person(email="x@y.example", name="X", actor=actor),
}


@pytest.mark.parametrize("act", GOVERNED.values(), ids=GOVERNED.keys())
def test_only_who_manages_may_and_each_act_is_one_entry(office, act):
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)
    before = AuditEntry.objects.count()
    with pytest.raises(NotAllowed) as refused:
        act(office, office.priya)
    assert refused.value.verdict.who == ("Bo Lindqvist",)
    assert AuditEntry.objects.count() == before

    act(office, office.admin)

    assert AuditEntry.objects.count() == before + 1
    assert AuditEntry.objects.order_by("-seq")[0].actor_id == str(office.admin.pk)


def test_who_manages_a_namespace_may_there_and_not_above(office):
    grant(office.support, to=office.priya, role="admin", actor=office.admin)

    create_namespace(office.refunds, segment="cards", actor=office.priya)
    grant(office.refunds, to=office.ana, role="author", actor=office.priya)

    with pytest.raises(NotVisible):
        create_namespace(office.root, segment="fraud", actor=office.priya)
    with pytest.raises(NotVisible):
        grant(office.root, to=office.priya, role="admin", actor=office.priya)
    with pytest.raises(NotAllowed):
        add_member(office.leads, person=office.priya, actor=office.priya)


@pytest.mark.parametrize(
    ("segment", "start"),
    [
        ("", "Give it a name"),
        ("Refunds", "Use small letters"),
        ("-", "Use small letters"),
        ("a/b", "Use small letters"),
        ("a b", "Use small letters"),
        ("ä", "Use small letters"),
        ("a" * 64, "Use small letters"),
        ("refunds", "“support/refunds” is taken"),
    ],
)
def test_create_namespace_refuses_a_bad_name_with_a_sentence(office, segment, start):
    with pytest.raises(Invalid) as refused:
        create_namespace(office.support, segment=segment, actor=office.admin)

    assert refused.value.errors["segment"][0].startswith(start)
    made = create_namespace(office.support, segment="a" * 63, actor=office.admin)
    assert made.path == f"support/{'a' * 63}"


def test_create_namespace_stops_at_eight_parts(office):
    place = office.support
    for _ in range(7):
        place = create_namespace(place, segment="a", actor=office.admin)

    with pytest.raises(Invalid) as refused:
        create_namespace(place, segment="a", actor=office.admin)

    assert refused.value.sentence == "A path has at most 8 parts. Choose a place higher up."
    assert place.lineage == [*place.parent.lineage, place.pk]


def test_create_namespace_asks_other_apps_for_the_path(office, monkeypatch):
    monkeypatch.setattr(paths, "_taken", [lambda path: path == "support/reply"])

    with pytest.raises(Invalid):
        create_namespace(office.support, segment="reply", actor=office.admin)

    assert create_namespace(office.support, segment="replies", actor=office.admin).pk


@pytest.mark.parametrize(
    ("path", "parent", "lineage"),
    [
        ("support/x", "support", lambda o: [o.root.pk]),
        ("support/x", "support", lambda o: [*o.support.lineage]),
        ("fraud/x", "support", lambda o: None),
        ("support/refunds/x", "support", lambda o: None),
        ("Support", "", lambda o: None),
    ],
)
def test_the_database_refuses_a_namespace_in_the_wrong_place(db, path, parent, lineage):
    office = open_office()  # here: what is written by hand below needs entries of its transaction
    above = Namespace.objects.get(path=parent)
    pk = Namespace.objects.order_by("-pk")[0].pk + 1
    way = lineage(office) or [*above.lineage, pk]

    with pytest.raises(DatabaseError), transaction.atomic():
        Namespace.objects.create(pk=pk, path=path, parent=above, lineage=way)

    good = Namespace.objects.create(
        pk=pk, path="support/x", parent=office.support, lineage=[*office.support.lineage, pk]
    )
    assert good.segment == "x"


def test_the_database_keeps_every_namespace(office):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM teams_namespace WHERE path = 'support/refunds'")

    assert Namespace.objects.filter(path="support/refunds").exists()


def test_team_names_are_unlike_each_other(office):
    with pytest.raises(Invalid) as refused:
        create_team(name=" support  LEADS ", actor=office.admin)

    assert refused.value.errors == {"name": ["There is a team of this name. Choose another."]}
    assert create_team(name="Fraud", actor=office.admin).name == "Fraud"


LAST_ADMIN = {
    "revoke": lambda o: revoke(o.root, to=o.admin, role="admin", actor=o.admin),
    "manage alone": lambda o: revoke(o.root, to=o.admin, capabilities=["manage"], actor=o.admin),
}


@pytest.mark.parametrize("act", LAST_ADMIN.values(), ids=LAST_ADMIN.keys())
def test_the_last_admin_stays(office, act):
    with pytest.raises(NotPossible) as refused:
        act(office)
    assert refused.value.code == "last_admin"
    assert office.admin.holds("manage", office.root)

    grant(office.root, to=office.ana, role="admin", actor=office.admin)
    act(office)

    assert not office.admin.holds("manage", office.root)


def test_the_last_admin_through_a_team_stays(office):
    grant(office.root, to=office.leads, role="admin", actor=office.admin)
    revoke(office.root, to=office.admin, role="admin", actor=office.admin)

    with pytest.raises(NotPossible) as refused:
        remove_member(office.leads, person=office.ana, actor=office.ana)
    assert refused.value.code == "last_admin"
    with pytest.raises(NotPossible):
        revoke(office.root, to=office.leads, role="admin", actor=office.ana)

    add_member(office.leads, person=office.priya, actor=office.ana)
    remove_member(office.leads, person=office.ana, actor=office.priya)

    assert office.priya.holds("manage", office.root)


def test_the_last_admin_cannot_be_switched_off(office):
    with pytest.raises(NotPossible) as own:
        deactivate_person(office.admin, actor=office.admin)
    assert own.value.code == "own_account"
    grant(office.root, to=office.ana, role="admin", actor=office.admin)
    deactivate_person(office.ana, actor=office.admin)

    with pytest.raises(NotAllowed):
        deactivate_person(office.admin, actor=office.ana)

    office.admin.refresh_from_db()
    assert office.admin.is_active


def test_two_admins_who_remove_each_other_at_once_leave_one(own_database):
    office = open_office()
    grant(office.root, to=office.ana, role="admin", actor=office.admin)
    start, answers = threading.Barrier(2), []

    def remove(actor, other):
        try:
            start.wait(10)
            deactivate_person(other, actor=actor)
            answers.append("done")
        except NotAllowed:
            answers.append("refused")
        finally:
            connections.close_all()

    pairs = [(office.admin, office.ana), (office.ana, office.admin)]
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(answers) == ["done", "refused"]
    assert User.objects.filter(pk__in=[office.admin.pk, office.ana.pk], is_active=True).count() == 1


def test_invitation_gives_team_and_role_when_it_is_accepted(office):
    invitation, token = invite_person(
        email="Mei@Office.example", name="Mei Chen", team=office.leads, namespace=office.support,
        role="author", actor=office.admin,
    )  # fmt: skip
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values()[0])

    mei = accept_invitation(token, name="Mei  Chen", password=PASSWORD, actor=SYSTEM)

    assert (mei.email, mei.name, mei.check_password(PASSWORD)) == (
        "mei@office.example", "Mei Chen", True,
    )  # fmt: skip
    assert mei.holds("edit", office.refunds)
    assert [membership.team for membership in mei.memberships.all()] == [office.leads]
    last = AuditEntry.objects.order_by("-seq")[0]
    assert (last.event, last.actor_id, last.on_behalf) == (
        "teams.invitation.accepted", str(mei.pk), [f"person:{office.admin.pk}"],
    )  # fmt: skip
    with pytest.raises(NotVisible):
        accept_invitation(token, name="Mei", password=PASSWORD, actor=SYSTEM)


def spoil_by_withdrawing(office, invitation):
    withdraw_invitation(invitation, actor=office.admin)


def spoil_by_age(office, invitation):
    Invitation.objects.filter(pk=invitation.pk).update(expires_at="2020-01-01T00:00Z")


def spoil_by_inviting_again(office, invitation):
    invite_person(email=invitation.email, name="Mei", actor=office.admin)


def spoil_by_inviter(office, invitation):
    grant(office.root, to=office.ana, role="admin", actor=office.admin)
    deactivate_person(office.admin, actor=office.ana)


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (spoil_by_withdrawing, NotVisible),
        (spoil_by_age, NotVisible),
        (spoil_by_inviting_again, NotVisible),
        (spoil_by_inviter, NotPossible),
    ],
)
def test_invitation_that_no_longer_stands_makes_no_account(office, spoil, error):
    invitation, token = invite_person(email="mei@x.example", name="Mei", actor=office.admin)
    spoil(office, invitation)
    before = User.objects.count()

    with pytest.raises(error):
        accept_invitation(token, name="Mei", password=PASSWORD, actor=SYSTEM)

    assert User.objects.count() == before
    with pytest.raises(NotVisible):
        accept_invitation("wrong", name="Mei", password=PASSWORD, actor=SYSTEM)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "1234567890123"}, "password"),
        ({"name": " \u202e "}, "name"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_accept_invitation_refuses_bad_input_and_the_link_still_works(office, typed, field):
    _, token = invite_person(email="mei@x.example", name="Mei", actor=office.admin)

    with pytest.raises(Invalid) as refused:
        accept_invitation(token, **{"name": "Mei", "password": PASSWORD} | typed, actor=SYSTEM)

    assert list(refused.value.errors) == [field]
    assert accept_invitation(token, name="Mei", password=PASSWORD, actor=SYSTEM).pk


def test_an_address_has_one_account_whatever_its_case(office):
    with pytest.raises(Invalid) as refused:
        invite_person(email="ANA@office.EXAMPLE", name="Ana", actor=office.admin)

    assert refused.value.errors == {"email": ["Somebody has an account with this address."]}


def test_who_manages_a_namespace_invites_there_and_only_there(office):
    grant(office.support, to=office.priya, role="admin", actor=office.admin)
    place = {"namespace": office.refunds, "role": "viewer"}

    invite_person(email="mei@x.example", name="Mei", **place, actor=office.priya)

    with pytest.raises(NotAllowed):
        invite_person(email="a@x.example", name="A", actor=office.priya)
    with pytest.raises(NotAllowed):
        invite_person(email="a@x.example", name="A", team=office.leads, **place, actor=office.priya)


def test_deactivate_ends_sessions_for_ever(office, client):
    client.force_login(office.ana)
    assert client.get("/account/").status_code == 200

    deactivate_person(office.ana, reason="Left", actor=office.admin)
    assert client.get("/account/").status_code == 302
    reactivate_person(office.ana, actor=office.admin)

    assert client.get("/account/").status_code == 302
    office.ana.refresh_from_db()
    client.force_login(office.ana)
    assert client.get("/account/").status_code == 200


def test_erase_person_is_for_accounts_that_are_off(office):
    with pytest.raises(NotPossible) as refused:
        erase_person(office.ana, reason="Asked", actor=office.admin)
    assert refused.value.code == "still_active"

    deactivate_person(office.ana, actor=office.admin)
    erase_person(office.ana, reason="Asked", actor=office.admin)

    office.ana.refresh_from_db()
    assert office.ana.email == f"erased-{office.ana.pk}@galley.invalid"


def test_first_admin_is_made_once(db):
    first = create_first_admin(email="a@x.example", name="A", password=PASSWORD, actor=SYSTEM)
    assert first.holds("manage", root_namespace())
    assert not first.holds("edit", root_namespace())

    with pytest.raises(NotPossible) as refused:
        create_first_admin(email="b@x.example", name="B", password=PASSWORD, actor=SYSTEM)

    assert refused.value.code == "has_people"
    assert User.objects.count() == 1


def test_make_admin_works_from_a_command_and_from_nowhere_else(office):
    with coming_from("web"), pytest.raises(NotAllowed):
        make_admin(email="ana@office.example", actor=SYSTEM)
    with pytest.raises(NotAllowed):
        make_admin(email="ana@office.example", actor=office.admin)

    make_admin(email="ana@office.example", actor=SYSTEM)
    new = make_admin(email="new@x.example", name="New", password=PASSWORD, actor=SYSTEM)

    assert office.ana.holds("manage", office.root)
    assert new.holds("manage", office.root)


def test_nobody_is_a_superuser(db):
    with pytest.raises(DatabaseError), transaction.atomic():
        User.objects.create(email="x@x.example", name="X", is_superuser=True)

    assert User.objects.create(email="x@x.example", name="X").pk
    assert not hasattr(User.objects, "create_superuser")


def test_a_team_is_known_to_guardian_by_one_group(office):
    assert Team.objects.filter(group__isnull=True).count() == 0
    assert office.leads.group.name != office.leads.name
