"""Asking for a right that one lacks, and the answers."""

from __future__ import annotations

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.queries import lines
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.teams import permissions
from apps.teams.actions import (
    create_namespace,
    decline_request,
    grant,
    grant_request,
    request_access,
)
from apps.teams.models import AccessRequest
from apps.teams.permissions import MOST_REQUESTS
from apps.teams.queries import open_access_requests

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def seen(office):
    """Priya may see support and what is below it."""
    grant(office.support, to=office.priya, role="viewer", actor=office.admin)
    return office


def browser(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def ask(office, capability="edit", place=None):
    return request_access(
        place or office.support, capability=capability, note="I answer mails", actor=office.priya
    )


def sentences(event):
    rows = AuditEntry.objects.filter(event=event).prefetch_related("labels")
    return [line.sentence for line in lines(rows)]


def test_asking_and_granting_gives_the_right_through_the_one_grant(seen):
    asked = ask(seen)
    grant_request(asked, reason="Welcome", actor=seen.admin)

    assert seen.priya.holds("edit", seen.support)
    assert sentences("teams.access.requested") == ["Priya asked for Edit on support"]
    assert sentences("teams.access.granted") == [
        "Bo Lindqvist granted Priya what they had asked for: Edit on support"
    ]
    given = AuditEntry.objects.filter(event="teams.rights.given").order_by("-seq").first()
    assert given.target_id == str(seen.priya.pk)
    assert given.reason == "Welcome"


def test_declining_needs_a_reason_and_gives_nothing(seen):
    asked = ask(seen)
    with pytest.raises(Invalid):
        decline_request(asked, reason=" ", actor=seen.admin)
    decline_request(asked, reason="Ask your lead", actor=seen.admin)

    asked.refresh_from_db()
    assert (asked.granted, asked.decided_by) == (False, seen.admin)
    assert not seen.priya.holds("edit", seen.support)


def test_who_may_not_see_the_place_never_learns_of_it(office):
    with pytest.raises(NotVisible):
        ask(office)
    real = browser(office.priya).get(f"/access/{office.support.pk}/edit/")
    none = browser(office.priya).get("/access/999999/edit/")

    assert (real.status_code, none.status_code) == (404, 404)
    said = [
        re.sub(r'(data-csrf|nonce)="[^"]+"', "", page.content.decode()) for page in (real, none)
    ]
    assert said[0] == said[1]
    assert AccessRequest.objects.count() == 0


def test_only_who_manages_the_place_answers(seen):
    asked = ask(seen)
    grant(seen.support, to=seen.ana, role="author", actor=seen.admin)
    with pytest.raises(NotAllowed):
        grant_request(asked, actor=seen.ana)
    outsider = seen.person("Out Sider")
    with pytest.raises(NotVisible):
        decline_request(asked, reason="No", actor=outsider)
    assert list(open_access_requests(seen.ana)) == []
    assert list(open_access_requests(seen.admin)) == [asked]


def test_one_open_request_and_one_answer(seen):
    asked = ask(seen)
    with pytest.raises(NotPossible) as twice:
        ask(seen)
    assert twice.value.code == "asked_already"
    grant_request(asked, actor=seen.admin)
    with pytest.raises(NotPossible) as again:
        decline_request(asked, reason="No", actor=seen.admin)
    assert again.value.code == "answered"
    with pytest.raises(NotPossible) as held:
        ask(seen)
    assert held.value.code == "has_it"


def test_what_was_declined_can_be_asked_again_after_a_day(seen, monkeypatch):
    decline_request(ask(seen), reason="No", actor=seen.admin)
    with pytest.raises(NotPossible) as soon:
        ask(seen)
    assert soon.value.code == "declined_lately"
    later = SimpleNamespace(now=lambda: timezone.now() + timedelta(hours=25))
    monkeypatch.setattr(permissions, "timezone", later)

    assert ask(seen).decided_at is None


def test_one_person_cannot_flood_the_admins(seen):
    for number in range(MOST_REQUESTS):
        place = create_namespace(seen.support, segment=f"place-{number}", actor=seen.admin)
        ask(seen, place=place)
    with pytest.raises(NotPossible) as flood:
        ask(seen)

    assert flood.value.code == "too_many_requests"


def test_a_right_that_there_is_not_is_refused(seen):
    with pytest.raises(Invalid):
        ask(seen, capability="everything")


def test_the_page_of_a_refusal_leads_to_the_request_and_shows_its_state(seen):
    client = browser(seen.priya)
    refused = client.get(f"/admin/namespaces/{seen.support.pk}/change/")
    address = f"/access/{seen.support.pk}/manage/"
    assert refused.status_code == 403
    assert address in refused.content.decode()

    assert client.post(address, {"note": "I lead the team"}).status_code == 302
    page = client.get(address).content.decode()
    assert "nobody has answered yet" in page
    again = client.post(address, {"note": "Please, it is urgent"})
    assert again.status_code == 409
    assert "Please, it is urgent" in again.content.decode()


def test_the_refusal_of_what_one_may_not_see_offers_nothing(office):
    refused = browser(office.priya).get("/admin/")

    assert refused.status_code == 403
    assert "/access/" not in refused.content.decode()


def test_admins_find_the_requests_and_answer_there(seen):
    asked = ask(seen)
    client = browser(seen.admin)
    for page in ("/admin/", "/admin/access/"):
        assert "I answer mails" in client.get(page).content.decode()

    typed = client.post(f"/admin/access/{asked.pk}/decline/", {"reason": ""})
    assert typed.status_code == 422
    done = client.post(f"/admin/access/{asked.pk}/grant/", {"reason": ""})

    assert done.status_code == 302
    assert seen.priya.holds("edit", seen.support)
    assert "I answer mails" not in client.get("/admin/").content.decode()
