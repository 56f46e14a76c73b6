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
        "approvals": 1, "on_last_approval": "wait", "in_order": "on", "reason": "Why",
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
        ({"approvals": 0}, 409, "Fewer approvals would be enough."),
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
