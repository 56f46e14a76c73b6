from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.environments.models import Rule
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
    assert answer.status_code == 302
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
    refused = admin.post(address, {"reason": ""})
    assert refused.status_code == 422
    answer = admin.post(address, {"reason": "Not needed"})

    assert answer.status_code == 302
    assert not Rule.objects.filter(pk=rule.pk).exists()
