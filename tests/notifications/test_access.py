"""Asking for access: whoever may give it has to act, and who asked hears the answer."""

from __future__ import annotations

import pytest

from apps.audit.subscribers import run_all
from apps.notifications.actions import mark_done
from apps.notifications.models import InboxItem, NoticeChoice
from apps.notifications.post import send_due
from apps.notifications.queries import ALL, inbox
from apps.teams.actions import decline_request, grant_request, request_access, revoke


def titles(person, tab="needs"):
    return [row.title for row in inbox(person, tab).rows]


@pytest.fixture
def asked(world):
    request = request_access(
        world.desk, capability="edit", note="I fix the typos", actor=world["viewer"]
    )
    run_all()
    return request


def test_request_asks_whoever_manages_the_place_and_nobody_else(world, asked):
    row = inbox(world.admin).rows[0]

    assert row.title == "Viewer asks you for Edit on desk"
    assert row.reason == "I fix the typos"
    assert row.url.startswith("/admin/")
    assert list(InboxItem.objects.values_list("person__name", flat=True)) == ["Admin"]


def test_granted_request_needs_nobody_any_more_and_is_told(world, asked):
    grant_request(asked, actor=world.admin)
    run_all()

    assert titles(world.admin) == []
    assert titles(world["viewer"], ALL) == ["Admin gave you Edit on desk"]
    assert titles(world["viewer"]) == []


def test_declined_request_is_told_with_its_reason(world, asked):
    decline_request(asked, reason="Ask Sara", actor=world.admin)
    run_all()

    row = inbox(world["viewer"], ALL).rows[0]
    assert (row.title, row.reason) == ("Admin declined your request for Edit on desk", "Ask Sara")


def test_request_goes_with_the_right_to_decide(world, asked):
    from apps.teams.actions import grant

    grant(world.desk, role="admin", to=world["author2"], actor=world.admin)
    second = request_access(world.desk, capability="review", actor=world["viewer"])
    run_all()
    assert titles(world["author2"]) == ["Viewer asks you for Review on desk"]

    revoke(world.desk, role="admin", to=world["author2"], actor=world.admin)

    assert titles(world["author2"], ALL) == []
    assert InboxItem.objects.filter(access_request=second).count() == 2


def test_request_for_access_by_letter_and_done(world, server):
    NoticeChoice.objects.create(person=world.admin, kind="access", email="now")
    request_access(world.desk, capability="edit", actor=world["viewer"])
    run_all()
    assert send_due() == 1
    assert server.subjects == ["Viewer asks you for Edit on desk"]

    mark_done(InboxItem.objects.get(person=world.admin).pk, actor=world.admin)
    assert titles(world.admin) == []
