"""T20: what is found in the text closes a release unless two people waive it; with the control."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.audit.trail import record
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.notifications.models import InboxItem
from apps.releases.actions import confirm_waiver, propose_waiver, withdraw_waiver
from apps.releases.events import WAIVER_PROPOSED
from apps.releases.gates import gates
from apps.releases.models import Waiver
from apps.teams.actions import deactivate_person, grant, revoke
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import standing

SECRET = "Use the key AKIAIOSFODNN7EXAMPLE for the queue."


@pytest.fixture
def version(world):
    """Approved for production, and with a secret in it."""
    prompt = world.prompt()
    found = world.version(prompt, SECRET)
    world.approved(prompt, found, "production")
    return found


def closed(world, version, place="production"):
    return [gate for gate in gates(version, world.places[place]) if not gate.open]


def propose(world, version, by="author", reason="It is the example of the manual.", **more):
    gate = closed(world, version)[0]
    given = {"gate": gate.code, "subject": gate.subject} | more
    return propose_waiver(
        version, environment=world.places["production"], reason=reason, actor=world[by], **given
    )


@pytest.mark.parametrize("people", [0, 1, 2])
def test_t20_a_waiver_needs_two_people(world, version, people):
    if people:
        waiver = propose(world, version)
    if people == 2:
        confirm_waiver(waiver, actor=world["reviewer2"])
    before = standing().pointers

    if people == 2:
        world.release(version.prompt, version, "production")
        assert world.live(version.prompt, "production") == 1
        return
    with pytest.raises(NotPossible) as refused:
        world.release(version.prompt, version, "production")
    assert refused.value.code == "gate_closed"
    assert standing().pointers == before


def test_t20_the_gate_says_who_waived_what_and_why(world, version):
    found = closed(world, version)[0]
    confirm_waiver(propose(world, version), actor=world["reviewer2"])

    gate = next(gate for gate in gates(version, world.places["production"]) if gate.code == "text")
    assert gate.open
    assert gate.sentence == f"Waived by Author and Reviewer2: {found.sentence}"
    assert gate.detail == "“It is the example of the manual.”"


def test_t20_nobody_confirms_their_own_waiver_or_words(world, version):
    for name in ("author", "author2"):
        grant(world.desk, role="reviewer", to=world[name], actor=world.admin)
    waiver = propose(world, version, by="author2")
    before = standing()

    codes = []
    for name in ("author2", "author", "viewer"):
        with pytest.raises(NotAllowed) as refused:
            confirm_waiver(waiver, actor=world[name])
        codes.append(refused.value.code)

    assert codes == ["own_waiver", "own_text", "missing_right"]
    assert standing().denied - before.denied == 3
    assert confirm_waiver(waiver, actor=world["reviewer"]).state == "confirmed"


@pytest.mark.parametrize("cause", ["right", "account"])
def test_t20_a_confirmed_waiver_is_asked_again_at_the_release(world, version, cause):
    """Like an approval: whoever confirmed it must still qualify when it counts."""
    waiver = confirm_waiver(propose(world, version), actor=world["reviewer2"])
    assert closed(world, version) == []  # the control

    if cause == "right":
        revoke(world.desk, role="reviewer", to=world["reviewer2"], actor=world.admin)
    else:
        deactivate_person(world["reviewer2"], reason="Left", actor=world.admin)

    with pytest.raises(NotPossible) as refused:
        world.release(version.prompt, version, "production")
    assert refused.value.verdict.facts["gates"] == ["text"]
    [gate] = closed(world, version)
    assert gate.detail.startswith("Reviewer2, who confirmed the waiver of this, may not any more.")
    withdraw_waiver(waiver, actor=world["reviewer"])
    confirm_waiver(propose(world, version), actor=world["reviewer"])
    world.release(version.prompt, version, "production")
    assert world.live(version.prompt, "production") == 1


def test_waiver_counts_for_its_words_and_place_alone(world, version):
    confirm_waiver(propose(world, version), actor=world["reviewer2"])
    other = world.version(version.prompt, f"{SECRET} Soon.")

    assert [gate.code for gate in closed(world, version)] == []
    assert [gate.code for gate in closed(world, version, "staging")] == ["text"]
    assert "text" in [gate.code for gate in closed(world, other)]


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({}, None),
        ({"by": "viewer"}, NotAllowed),
        ({"reason": " "}, Invalid),
        ({"gate": "approvals"}, Invalid),
        ({"subject": "0" * 64}, Invalid),
    ],
)
def test_waiver_is_about_a_finding_and_never_about_approvals(world, version, more, error):
    if error is None:
        assert propose(world, version, **more).state == "proposed"
        return
    with pytest.raises(error):
        propose(world, version, **more)
    assert Waiver.objects.count() == 0


def test_waiver_that_is_taken_back_closes_the_gate_again(world, version):
    waiver = propose(world, version)
    with pytest.raises(NotPossible):
        propose(world, version, by="releaser")
    confirm_waiver(waiver, actor=world["reviewer2"])
    with pytest.raises(NotAllowed):
        withdraw_waiver(waiver, actor=world["viewer"])

    withdraw_waiver(waiver, reason="It is a real one", actor=world["reviewer"])

    events = AuditEntry.objects.filter(outcome="done").order_by("-seq").values_list("event")
    assert [gate.code for gate in closed(world, version)] == ["text"]
    assert events[0] == ("releases.waiver.withdrawn",)
    assert propose(world, version, by="releaser").state == "proposed"


def test_whoever_may_confirm_is_asked(world, version):
    propose(world, version)

    run_all()

    items = InboxItem.objects.filter(event="releases.waiver.proposed")
    assert {item.person.name for item in items} == {"Reviewer", "Reviewer2"}


class TestDatabase:
    def said(self, world, waiver, **fields):
        try:
            with transaction.atomic():
                Waiver.objects.filter(pk=waiver.pk).update(**fields)
                record(WAIVER_PROPOSED, actor=world["author"], target=waiver.version.prompt)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        return ""

    def test_wants_a_second_person_who_did_not_write_the_version(self, world, version):
        waiver = propose(world, version, by="author2")
        second = "a waiver is confirmed by a second person, who did not write the version"

        def confirmed(name):
            person = world[name] if name else None
            return self.said(
                world, waiver, state="confirmed", confirmed_by=person, confirmed_at=timezone.now()
            )

        assert [confirmed(name) for name in (None, "author2", "author")] == [second] * 3
        assert confirmed("reviewer") == ""

    def test_keeps_what_a_waiver_was_proposed_for(self, world, version):
        waiver = propose(world, version)
        stays = "a waiver stays what it was proposed for"

        assert self.said(world, waiver, reason="Other words") == stays
        assert self.said(world, waiver, environment=world.places["staging"]) == stays
        assert self.said(world, waiver, state="withdrawn") == ""
        assert self.said(world, waiver, state="proposed") == stays


class TestPages:
    def test_panel_leads_to_the_waiver_and_a_second_person_confirms_it(self, world, version):
        author, reviewer = signed_in(world, "author"), signed_in(world, "reviewer2")
        query = {"version": 1, "environment": "production"}
        panel = reverse("releases:release_version", args=[version.prompt.path])
        gate = closed(world, version)[0]
        fields = dict(part.split("=") for part in gate.waive.split("&"))
        address = reverse("releases:propose_waiver")

        link = signed_in(world, "releaser").get(panel, query).content.decode()
        empty = author.post(address, fields)
        done = author.post(address, fields | {"reason": "An example"})
        decide = reverse("releases:decide_waiver", args=[Waiver.objects.get().pk])
        page = reviewer.get(
            reverse("pages:prompt_releases", args=[version.prompt.path])
        ).content.decode()
        confirmed = reviewer.post(decide, {"act": "confirm"})

        assert f'href="{address}?version={version.pk}' in link
        assert (empty.status_code, done.status_code, confirmed.status_code) == (422, 302, 302)
        assert f'href="{decide}"' in page
        assert Waiver.objects.get().state == "confirmed"
