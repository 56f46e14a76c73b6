from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.environments.models import Rule
from apps.teams.actions import add_member, create_team
from tests.releases.test_t01_unauthorised import BACKEND


@pytest.fixture
def admin(world) -> Client:
    client = Client()
    client.force_login(world.admin, backend=BACKEND)
    return client


def fields(**change):
    return {
        "approvals": 1, "on_last_approval": "wait", "in_order": "on", "approval_days": 14,
        "reason": "Why",
    } | change  # fmt: skip


def test_rule_page_changes_the_rule_and_says_it_in_words(world, admin):
    rule = Rule.objects.get(environment__name="production")
    address = reverse("environments:change_rule", args=[rule.pk])

    shown = admin.get(address).content.decode()
    answer = admin.post(address, fields(approvals=2, next="/admin/"), follow=False)

    assert "Production needs 1 approval, not from anyone who edited the text." in shown
    assert (answer.status_code, answer.url) == (302, "/admin/")
    rule.refresh_from_db()
    assert rule.approvals == 2


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"reason": ""}, 422, "This field is required."),
        ({"own_approval": "on"}, 409, "nobody approves what they edited"),
    ],
)
def test_rule_page_keeps_what_was_typed_when_it_cannot_be(world, admin, change, status, words):
    rule = Rule.objects.get(environment__name="production")

    answer = admin.post(
        reverse("environments:change_rule", args=[rule.pk]),
        fields(
            reason="A reason",
        )
        | change,
    )

    page = answer.content.decode()
    assert answer.status_code == status
    assert words in page
    assert ("A reason" in page) == (change.get("reason") != "")


def test_own_rule_page_begins_as_the_rule_above(world, admin):
    address = reverse("environments:override_rule", args=["staging"])

    shown = admin.get(f"{address}?namespace=desk")
    answer = admin.post(address, fields(namespace="desk", approvals=3))

    assert shown.status_code == 200
    assert (answer.status_code, answer.url) == (302, "/admin/rules/?in=desk")
    assert Rule.objects.get(environment__name="staging", namespace=world.desk).approvals == 3


def test_rule_is_taken_away_on_a_page_that_says_what_holds_then(world, admin):
    override = reverse("environments:override_rule", args=["staging"])
    admin.post(override, fields(namespace="desk", approvals=3))
    rule = Rule.objects.get(namespace=world.desk)
    address = reverse("environments:remove_rule", args=[rule.pk])
    listed = admin.get("/admin/rules/?in=desk").content.decode()
    assert f'href="{address}"' in listed

    shown = admin.get(address).content.decode()
    assert "Staging needs 3 approvals" in shown
    assert "Staging needs 1 approval, not" in shown
    assert 'href="/admin/rules/?in=desk">Back' in shown
    refused = admin.post(address, {"reason": ""})
    assert refused.status_code == 422
    answer = admin.post(address, {"reason": "Not needed"})

    assert (answer.status_code, answer.url) == (302, "/admin/rules/?in=desk")
    assert not Rule.objects.filter(pk=rule.pk).exists()


def today(admin, **change):
    address = reverse("pages:rule_today", args=["production"])
    answer = admin.get(address, {"namespace": "desk", **change}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_could_release_today_follows_what_is_typed(world, admin):
    team = create_team(name="Leads", actor=world.admin)
    add_member(team, person=world["reviewer2"], actor=world.admin)
    soon = {
        "freeze_kind": "once", "freeze_name": "Holiday", "freeze_zone": "UTC",
        "freeze_start": "2020-01-01T00:00", "freeze_end": "2099-01-01T00:00",
    }  # fmt: skip

    found = [
        today(admin),
        today(admin, **fields(teams=[team.pk])),
        today(admin, **fields(approvals=3)),
        today(admin, **fields(approvals="")),  # half typed: what holds now
        today(admin, **fields(approvals=0)),
        today(admin, **fields(**soon)),
        today(admin, **fields(lock_type="guardrails", lock_team=team.pk)),
    ]

    assert (
        "Who could release today: Releaser. Who could approve: Reviewer and Reviewer2." in found[0]
    )
    assert "Who could approve: Reviewer2." in found[1]
    assert "It needs 3 approvals, and only Reviewer and Reviewer2 could give some" in found[2]
    assert "Who could approve: Reviewer and Reviewer2." in found[3]
    assert "approve" not in found[4]
    assert "Nobody could release today: frozen until" in found[5]
    assert "Nobody of Leads" not in found[6]  # reviewer2 may review here
    assert Rule.objects.filter(namespace=world.desk).count() == 0  # nothing was saved


def test_rule_form_asks_who_could_release_as_it_is_typed(world, admin):
    rule = Rule.objects.get(environment__name="production")

    shown = admin.get(reverse("environments:change_rule", args=[rule.pk])).content.decode()

    assert f'hx-get="{reverse("pages:rule_today", args=["production"])}?namespace="' in shown
    assert "Who could release today</a>" in shown  # a link where no script runs
