"""What one holds: given here or above, to the person or through a team; and why."""

from __future__ import annotations

import pytest

from apps.core.errors import NotAllowed, NotPossible, NotVisible, require
from apps.core.middleware import ReadingMiddleware
from apps.core.page import is_reading, reading
from apps.teams import rights
from apps.teams.actions import (
    add_member,
    change_rights,
    create_namespace,
    deactivate_person,
    grant,
    remove_member,
    revoke,
)
from apps.teams.models import Capability, NamespaceUserObjectPermission
from apps.teams.permissions import can, explain
from apps.teams.queries import managed_namespaces, visible_namespaces
from apps.teams.roles import ROLES, in_words, role_of


def holds(person, capability, namespace):
    return rights.holds(person, capability, namespace)


def test_grant_holds_below_and_neither_above_nor_beside(office):
    beside = create_namespace(office.root, segment="fraud", actor=office.admin)

    grant(office.support, to=office.priya, capabilities=["edit"], actor=office.admin)

    places = (office.root, office.support, office.refunds, beside)
    assert [holds(office.priya, "edit", place) for place in places] == [False, True, True, False]


def test_grant_to_a_team_holds_for_its_members_while_they_are_in_it(office):
    grant(office.support, to=office.leads, role="reviewer", actor=office.admin)
    assert holds(office.ana, "review", office.refunds)
    assert not holds(office.priya, "review", office.refunds)

    add_member(office.leads, person=office.priya, actor=office.admin)
    remove_member(office.leads, person=office.ana, actor=office.admin)

    assert not holds(office.ana, "review", office.refunds)
    assert holds(office.priya, "review", office.refunds)


def test_membership_and_group_stay_in_step(office):
    add_member(office.leads, person=office.priya, actor=office.admin)
    remove_member(office.leads, person=office.ana, actor=office.admin)

    members = set(office.leads.memberships.values_list("person_id", flat=True))

    assert members == {office.priya.pk}
    assert set(office.leads.group.user_set.values_list("pk", flat=True)) == members


@pytest.mark.parametrize("capability", Capability.values)
def test_each_capability_gives_itself_alone(office, capability):
    grant(office.support, to=office.priya, capabilities=[capability], actor=office.admin)

    held = [other for other in Capability.values if holds(office.priya, other, office.refunds)]

    assert held == [capability]


def test_roles_are_the_sets_of_the_domain_and_none_has_break_glass():
    sets = {role.code: "".join(sorted(c[0] for c in role.capabilities)) for role in ROLES.values()}

    assert sets == {
        "viewer": "v", "author": "cerv", "reviewer": "crv", "releaser": "cprv", "admin": "cmv",
    }  # fmt: skip
    assert [r.code for r in ROLES.values() if Capability.BREAK_GLASS in r.capabilities] == []
    assert [role_of(role.capabilities) for role in ROLES.values()] == list(ROLES.values())


def test_capabilities_in_words():
    assert in_words(()) == "No role here"
    assert in_words(ROLES["author"].capabilities) == "Author"
    assert in_words([*ROLES["author"].capabilities, "publish", "break_glass"]) == (
        "Author, may also release to protected environments and break glass"
    )
    assert in_words(["edit"]) == "May edit"


def test_can_answers_404_403_and_yes(office):
    assert can(office.priya, "edit", office.support).code == "not_found"
    with pytest.raises(NotVisible):
        require(can(office.priya, "view", office.support))

    grant(office.support, to=office.priya, role="viewer", actor=office.admin)
    refused = can(office.priya, "edit", office.refunds)
    with pytest.raises(NotAllowed):
        require(refused)
    assert refused.who == ("Bo Lindqvist",)
    assert refused.sentence == (
        "You may not edit here: it needs the right “Edit” on support/refunds."
        " Bo Lindqvist can give it to you."
    )

    grant(office.support, to=office.priya, role="author", actor=office.admin)
    assert can(office.priya, "edit", office.refunds)
    assert not can(None, "view", office.support)


def test_nobody_is_sent_to_themself_for_a_right(office):
    alone = can(office.admin, "edit", office.refunds)
    assert alone.who == ()
    assert alone.sentence.endswith("the right “Edit” on support/refunds.")

    grant(office.support, to=office.ana, role="admin", actor=office.admin)
    assert can(office.admin, "edit", office.refunds).who == ("Ana",)


def test_people_with_counts_active_people_once(office):
    grant(office.root, to=office.ana, capabilities=["review"], actor=office.admin)
    grant(office.support, to=office.leads, role="reviewer", actor=office.admin)
    grant(office.support, to=office.priya, role="reviewer", actor=office.admin)
    assert rights.people_with("review", office.refunds) == {office.ana.pk, office.priya.pk}
    assert rights.people_with("review", office.root) == {office.ana.pk}

    deactivate_person(office.priya, actor=office.admin)

    assert rights.people_with("review", office.refunds) == {office.ana.pk}
    assert not holds(office.priya, "review", office.refunds)


def test_page_asks_once_for_rights_and_is_of_one_moment(office, django_assert_num_queries):
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)

    with reading():
        with django_assert_num_queries(1):
            found = [
                holds(office.priya, "view", office.refunds),
                holds(office.priya, "edit", office.refunds),
                holds(office.priya, "view", office.root),
                rights.granted_ids(office.priya, "view"),
            ]
        with django_assert_num_queries(1):
            names = [rights.names_with("manage", office.refunds) for _ in range(2)]
        NamespaceUserObjectPermission.objects.filter(user=office.priya).delete()
        assert holds(office.priya, "view", office.refunds)

    assert found == [True, False, False, [office.support.pk]]
    assert names == [[office.admin.name]] * 2
    assert not holds(office.priya, "view", office.refunds)


def test_act_beside_a_page_asks_anew(office):
    grant(office.root, to=office.ana, role="admin", actor=office.admin)

    with reading():
        assert holds(office.ana, "manage", office.support)
        revoke(office.root, to=office.ana, role="admin", actor=office.admin)
        with pytest.raises(NotVisible):
            grant(office.support, to=office.priya, role="viewer", actor=office.ana)


def test_what_reads_is_one_moment_and_what_writes_is_not(rf):
    seen = []
    answer = ReadingMiddleware(lambda request: seen.append(is_reading()))

    for request in (rf.get("/"), rf.head("/"), rf.post("/"), rf.put("/"), rf.delete("/")):
        answer(request)

    assert seen == [True, True, False, False, False]
    assert not is_reading()


def test_visible_and_managed_namespaces(office):
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)
    grant(office.refunds, to=office.priya, role="admin", actor=office.admin)

    assert [space.path for space in visible_namespaces(office.priya)] == [
        "support", "support/refunds",
    ]  # fmt: skip
    assert [space.path for space in managed_namespaces(office.priya)] == ["support/refunds"]
    assert list(visible_namespaces(office.ana)) == []


def test_explain_says_why_one_may(office):
    grant(office.support, to=office.leads, role="releaser", actor=office.admin)
    grant(office.root, to=office.ana, capabilities=["release"], actor=office.admin)

    why = explain(office.ana, "release", office.refunds)

    assert why.allowed
    assert why.sentence == (
        "Ana may release here: Ana has Release on everything"
        " and the team Support leads has Release on support."
    )
    assert [(grant.namespace_path, grant.team) for grant in why.grants] == [
        ("", ""), ("support", "Support leads"),
    ]  # fmt: skip


def test_explain_says_why_not_and_who_can_help(office):
    why = explain(office.priya, "publish", office.refunds)

    assert not why.allowed
    assert why.sentence == (
        "Priya may not release to a protected environment here: nobody gave Priya the right"
        " Publish on support/refunds or above it. Bo Lindqvist can give it."
    )


def test_explain_says_that_view_is_missing(office):
    grant(office.support, to=office.priya, capabilities=["edit"], actor=office.admin)
    without = explain(office.priya, "edit", office.support)
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)

    assert (without.allowed, bool(can(office.priya, "edit", office.support))) == (False, True)
    assert without.sentence.startswith(
        "Priya may not edit here: Priya has Edit on support, but not View,"
    )
    assert explain(office.priya, "edit", office.support).allowed


def test_explain_says_that_the_account_is_off(office):
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)
    deactivate_person(office.priya, actor=office.admin)
    office.priya.refresh_from_db()

    why = explain(office.priya, "view", office.support)

    assert why.sentence == "Priya may not see this: the account is switched off."


@pytest.mark.parametrize("capability", Capability.values)
@pytest.mark.parametrize("place", ["root", "support", "refunds"])
@pytest.mark.parametrize("to", ["ana", "leads"])
def test_explain_agrees_with_can(office, capability, place, to):
    grant(office.support, to=office.ana, role="viewer", actor=office.admin)
    if (capability, place, to) != ("view", "support", "ana"):
        grant(
            getattr(office, place), to=getattr(office, to), capabilities=[capability],
            actor=office.admin,
        )  # fmt: skip

    for where in (office.root, office.support, office.refunds):
        allowed = explain(office.ana, capability, where).allowed
        assert allowed == bool(can(office.ana, capability, where))


def test_rights_are_written_one_by_one_with_a_history(office):
    history = NamespaceUserObjectPermission.history
    grant(office.support, to=office.priya, role="author", reason="New here", actor=office.admin)
    revoke(office.support, to=office.priya, capabilities=["release"], actor=office.admin)

    rows = history.filter(user_id=office.priya.pk).order_by("history_id")

    assert [row.history_type for row in rows] == ["+", "+", "+", "+", "-"]
    assert {row.history_user_id for row in rows} == {office.admin.pk}
    assert [row.history_change_reason for row in rows] == ["New here"] * 4 + [""]


def test_change_rights_makes_it_exactly_these(office):
    grant(office.support, to=office.priya, role="author", actor=office.admin)

    before = change_rights(
        office.support, to=office.priya, capabilities=["view", "review"], actor=office.admin
    )

    assert before == {"view", "comment", "edit", "release"}
    assert rights.given_here(office.priya, office.support) == {"view", "review"}
    with pytest.raises(NotPossible) as refused:
        change_rights(
            office.support, to=office.priya, capabilities=["review", "view"], actor=office.admin
        )
    assert refused.value.code == "nothing_changed"


def test_change_rights_is_refused_when_something_else_is_given_by_now(office):
    grant(office.support, to=office.priya, role="author", actor=office.admin)

    with pytest.raises(NotPossible) as refused:
        change_rights(
            office.support, to=office.priya, capabilities=["view", "review"],
            expected={"view"}, actor=office.admin,
        )  # fmt: skip

    assert refused.value.code == "changed_meanwhile"
    assert rights.given_here(office.priya, office.support) == {"view", "comment", "edit", "release"}
