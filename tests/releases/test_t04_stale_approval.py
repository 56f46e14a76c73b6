"""T4: an approval is about a moment. For each cause: approve, then the cause, then the release is
refused with its reason; without the cause it goes through."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import NotPossible, Refused
from apps.releases import gates as gates_module
from apps.releases.actions import release_approved, roll_back
from apps.releases.gates import gates
from apps.reviews.actions import request_changes
from apps.reviews.queries import approvals_for
from apps.teams.actions import add_member, create_team, deactivate_person, remove_member, revoke
from tests.releases.world import approve, loosen, make_world, standing


def nothing(world, prompt):
    pass


def lost_right(world, prompt):
    revoke(world.desk, role="reviewer", to=world["reviewer"], actor=world.admin)


def switched_off(world, prompt):
    deactivate_person(world["reviewer"], actor=world.admin)


def left_team(world, prompt):
    remove_member(world.leads, person=world["reviewer"], actor=world.admin)


def more_approvals(world, prompt):
    rule = world.places["production"].rules.get()
    rule.approvals = 2
    rule.save()


def other_version_live(world, prompt):
    """v1 is rolled back to, so that what the approval replaces is not live any more."""
    other = prompt.versions.get(number=1)
    live = world.places["production"].releases.filter(prompt=prompt).order_by("-pk").first()
    roll_back(
        prompt, environment=world.places["production"], version=other, expects=live.pk,
        reason="Rude", actor=world["releaser"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (nothing, None),
        (lost_right, "One approval is missing."),
        (switched_off, "One approval is missing."),
        (left_team, "One approval is missing."),
        (more_approvals, "One approval is missing."),
        (other_version_live, "One approval is missing."),
    ],
)
def test_t04_release_asks_anew_whether_the_approval_counts(world, cause, sentence):
    world.leads = create_team(name="Leads", purpose="", actor=world.admin)
    add_member(world.leads, person=world["reviewer"], actor=world.admin)
    world.places["production"].rules.get().teams.add(world.leads)
    prompt = world.prompt()
    for number in (1, 2):
        world.put_live(prompt, world.version(prompt, f"Words {number}"), "production")
    version = world.version(prompt, "Words 3")
    world.approved(prompt, version, "production")
    cause(world, prompt)
    before = standing()

    if sentence is None:
        world.release(prompt, version, "production")
        assert world.live(prompt, "production") == 3
        return
    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "production")

    assert refused.value.code == "gate_closed"
    assert refused.value.verdict.sentence.startswith(sentence)
    after = standing()
    assert (after.pointers, after.denied - before.denied) == (before.pointers, 1)


def test_t04_a_version_that_goes_live_meanwhile_overtakes_the_review(world):
    prompt = world.prompt()
    first, second = world.version(prompt, "One"), world.version(prompt, "Two")
    world.put_live(prompt, first, "production")
    world.put_live(prompt, second, "production")
    third = world.version(prompt, "Three")
    review = world.approved(prompt, third, "production")

    other_version_live(world, prompt)

    review.refresh_from_db()
    assert review.state == "overtaken"
    again = world.review(prompt, third, "production")
    assert (again.pk, again.state) == (review.pk, "open")
    approve(again, world["reviewer"])
    world.release(prompt, third, "production")
    assert world.live(prompt, "production") == 3


def test_t04_the_rule_can_let_approvals_stand(world):
    loosen(world, approvals_survive=True)
    prompt = world.prompt()
    first, second = world.version(prompt, "One"), world.version(prompt, "Two")
    world.put_live(prompt, first, "production")
    world.put_live(prompt, second, "production")
    third = world.version(prompt, "Three")
    review = world.approved(prompt, third, "production")

    other_version_live(world, prompt)

    review.refresh_from_db()
    assert review.state == "approved"
    world.release(prompt, third, "production")
    assert world.live(prompt, "production") == 3


@pytest.mark.parametrize(
    ("who", "code"), [("reviewer", "gate_closed"), ("author", "requester_lost_right"), (None, None)]
)
def test_t04_release_by_itself_asks_anew_too(world, who, code):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    review = world.approved(prompt, version, "production", release_when_approved=True)
    if who:
        deactivate_person(world[who], actor=world.admin)
    before = standing()

    run_all()

    after = standing()
    assert world.live(prompt, "production") == (None if who else 1)
    assert after.denied - before.denied == int(bool(who))
    if who:
        with pytest.raises(Refused) as refused:
            release_approved(review)
        assert refused.value.code == code


def test_changes_asked_for_in_a_wider_review_close_the_gate(world):
    """Production's reviewers asked for changes of this version: staging does not take it either."""
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "staging", release_when_approved=False)
    assert len(approvals_for(version, world.places["staging"])) == 1
    assert all(gate.open for gate in gates(version, world.places["staging"]))
    review = world.review(prompt, version, "production")

    request_changes(
        review, content_hash=version.content_hash, reason="No", actor=world["reviewer2"]
    )

    closed = [gate for gate in gates(version, world.places["staging"]) if not gate.open]
    assert [gate.sentence for gate in closed] == ["Reviewer2 asked for changes of this version"]


@pytest.mark.parametrize("act", [lost_right, switched_off])
def test_t04_a_right_taken_while_a_release_counts_approvals_waits_for_it(
    own_database, monkeypatch, act
):
    """Otherwise the trail would say: the right was taken, and then its approval released."""
    world = make_world()
    prompt = world.prompt()
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")
    taken, began = threading.Event(), threading.Event()
    real = gates_module.approvals_for

    def take() -> None:
        began.set()
        act(world, prompt)
        taken.set()
        connection.close()

    taker = threading.Thread(target=take)

    def approvals_then_pause(*place):
        found = real(*place)
        if not began.is_set():
            taker.start()
            began.wait(10)
            assert not taken.wait(0.5)
        return found

    monkeypatch.setattr(gates_module, "approvals_for", approvals_then_pause)
    world.release(prompt, version, "production")
    taker.join(20)

    events = list(AuditEntry.objects.order_by("-seq").values_list("event", flat=True)[:3])
    assert taken.is_set()
    assert events[0].startswith("teams.")
    assert "releases.release.made" in events[1:]
