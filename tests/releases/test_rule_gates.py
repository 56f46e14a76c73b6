"""Freezes and locked blocks as gates of a release (T4, T5, T6)."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.clock import database_now
from apps.core.errors import NotPossible
from apps.core.origin import coming_from
from apps.environments.actions import change_rule, override_rule
from apps.environments.freezes import ONCE, Freeze
from apps.environments.models import Rule
from apps.environments.queries import live_release, terms_of
from apps.environments.rules import Lock
from apps.prompts.actions import make_version, write_document
from apps.prompts.content import new_block
from apps.prompts.queries import draft_document, draft_of
from apps.releases.actions import break_glass, move_label, roll_back
from apps.releases.gates import gates
from apps.reviews.permissions import can_decide_review
from apps.reviews.queries import reviewers_of_version, waiting_for
from apps.teams.actions import add_member, create_team, grant
from tests.releases.test_t01_unauthorised import BACKEND, signed_in
from tests.releases.world import approve, standing


def production() -> Rule:
    return Rule.objects.get(environment__name="production", namespace__path="")


def freeze(world, hours_from: int, hours_to: int) -> None:
    now = database_now()
    edges = [
        (now + dt.timedelta(hours=h)).strftime("%Y-%m-%dT%H:%M") for h in (hours_from, hours_to)
    ]
    terms = replace(
        terms_of(production()), freezes=frozenset({Freeze(ONCE, "Holiday freeze", "UTC", *edges)})
    )
    change_rule(production(), terms=terms, reason="Holiday", actor=world.admin)


def gate_of(version, place, code):
    return next((gate for gate in gates(version, place) if gate.code == code), None)


@pytest.mark.parametrize(("first", "last", "open_"), [(-1, 5, False), (2, 5, True), (-5, -1, None)])
def test_freeze_closes_releases_while_it_lasts_and_is_told_before(world, first, last, open_):
    prompt, place = world.prompt(), world.places["production"]
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")
    freeze(world, first, last)
    before = standing()

    gate = gate_of(version, place, "freeze")

    assert (gate.open if gate else None) == open_
    if open_ is False:
        with pytest.raises(NotPossible) as refused:
            world.release(prompt, version, "production")
        assert refused.value.verdict.sentence.startswith("Frozen until ")
        assert refused.value.verdict.facts["gates"] == ["freeze"]
        assert standing().pointers == before.pointers
        return
    world.release(prompt, version, "production")
    assert world.live(prompt, "production") == 1


@pytest.mark.parametrize("approved", [True, False])
def test_page_of_a_release_offers_a_time_after_the_freeze(world, approved):
    prompt = world.prompt()
    version = world.version(prompt, "One")
    if approved:
        world.approved(prompt, version, "production")
    freeze(world, -1, 5)

    page = signed_in(world, "releaser").get(
        reverse("releases:release_version", args=[prompt.path]),
        {"version": 1, "environment": "production"},
    )

    words = page.content.decode()
    assert "Frozen until" in words
    assert ("Release it at a time" in words) is approved


def test_freeze_from_above_holds_under_a_namespace_with_its_own_rule(world):
    place = world.places["production"]
    override_rule(
        place, namespace=world.desk, terms=terms_of(production()), reason="Own", actor=world.admin
    )
    version = world.version(world.prompt(), "One")

    freeze(world, -1, 5)

    assert gate_of(version, place, "freeze").sentence.endswith("Holiday freeze")


def test_roll_back_passes_a_freeze(world):
    prompt, place = world.prompt(), world.places["production"]
    for number in (1, 2):
        world.put_live(prompt, world.version(prompt, f"Words {number}"), "production")
    freeze(world, -1, 5)

    roll_back(
        prompt, environment=place, version=prompt.versions.get(number=1),
        expects=live_release(prompt, place).pk, reason="Rude", actor=world["releaser"],
    )  # fmt: skip

    assert world.live(prompt, "production") == 1


# --- locked blocks --------------------------------------------------------------------------


@pytest.fixture
def legal(world):
    """Guardrails are locked for production; reviewer2 is of Legal, the others are Leads'."""
    team, leads = (create_team(name=name, actor=world.admin) for name in ("Legal", "Leads"))
    add_member(team, person=world["reviewer2"], actor=world.admin)
    add_member(leads, person=world["reviewer"], actor=world.admin)
    terms = replace(
        terms_of(production()), locks=frozenset({Lock("guardrails", team.pk, "Legal")}),
        teams=frozenset({(leads.pk, "Leads")}),
    )  # fmt: skip
    change_rule(production(), terms=terms, reason="Legal signs", actor=world.admin)
    return team


def guarded(world, prompt, words: str):
    """A version with one guardrails block that says so."""
    draft = draft_of(prompt)
    document = draft_document(draft)
    blocks = [block for block in document["blocks"] if block["type"] != "guardrails"]
    document = document | {"blocks": [*blocks, new_block("guardrails", body=words)]}
    write_document(draft, document=document, actor=world["author"])
    return make_version(draft_of(prompt), reason="Guards", actor=world["author"])


def test_locked_blocks_need_a_signature_of_their_team(world, legal):
    prompt, place = world.prompt(), world.places["production"]
    version = guarded(world, prompt, "Never promise a refund.")
    world.approved(prompt, version, "staging")
    review = world.review(prompt, version, "production")
    assert {str(p) for p in reviewers_of_version(version, place)} == {"Reviewer", "Reviewer2"}

    approve(review, world["reviewer"])
    review.refresh_from_db()
    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "production")

    assert review.state == "open"
    assert refused.value.verdict.sentence == (
        "The guardrails changed: they are locked, and nobody of Legal has signed. "
        "Reviewer2 can sign by approving it."
    )
    for name in ("reviewer", "reviewer2", "author", "viewer"):
        mine = [found.pk for found in waiting_for(world[name])]
        assert (review.pk in mine) == bool(can_decide_review(world[name], review))
    approve(review, world["reviewer2"])
    world.release(prompt, version, "production")
    assert world.live(prompt, "production") == 1


def test_signature_alone_is_not_the_approval_that_the_rule_asks_for(world, legal):
    prompt = world.prompt()
    version = guarded(world, prompt, "Never promise a refund.")
    world.approved(prompt, version, "staging")
    approve(world.review(prompt, version, "production"), world["reviewer2"])

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, version, "production")

    assert refused.value.verdict.facts["gates"] == ["approvals"]


def test_who_wrote_the_guardrails_does_not_sign_them(world, legal):
    grant(world.desk, role="author", to=world["reviewer2"], actor=world.admin)
    grant(world.desk, role="reviewer", to=world["author"], actor=world.admin)
    prompt, place = world.prompt(), world.places["production"]
    version = guarded(world, prompt, "Never promise a refund.")
    write_document(
        draft_of(prompt),
        document=draft_document(draft_of(prompt)) | {"blocks": []},
        actor=world["reviewer2"],
    )
    written = guarded(world, prompt, "Other words.")

    assert gate_of(version, place, "locked").detail == "Reviewer2 can sign by approving it."
    assert gate_of(written, place, "locked").detail.startswith("Nobody of Legal")


def test_label_goes_back_to_locked_blocks_that_were_signed_and_to_no_others(world, legal):
    prompt, place = world.prompt(), world.places["production"]
    for words in ("Never promise a refund.", "Promise nothing."):
        version = guarded(world, prompt, words)
        world.approved(prompt, version, "staging")
        review = world.review(prompt, version, "production")
        approve(review, world["reviewer"])
        approve(review, world["reviewer2"])
        world.release(prompt, version, "production")
    unsigned = guarded(world, prompt, "Promise a lot.")
    break_glass_with(world, prompt, unsigned)
    signed = prompt.versions.get(number=2)
    roll_back(
        prompt, environment=place, version=signed, expects=live_release(prompt, place).pk,
        reason="Calm again", actor=world["releaser"],
    )  # fmt: skip
    how = {"environment": place, "name": "stable", "expects": None, "actor": world["releaser"]}

    with pytest.raises(NotPossible) as refused:
        move_label(prompt, version=unsigned, **how)
    label = move_label(prompt, version=prompt.versions.get(number=1), **how)

    assert refused.value.verdict.facts["gates"] == ["approvals", "locked"]
    assert label.release.version.number == 1


def break_glass_with(world, prompt, version) -> None:
    place = world.places["production"]
    grant(world.desk, capabilities=["break_glass"], to=world["releaser"], actor=world.admin)
    with coming_from("web", confirmed_at=time.time):
        break_glass(
            prompt, version=version, environment=place, expects=live_release(prompt, place).pk,
            reason="It insults people, and they see it", actor=world["releaser"],
        )  # fmt: skip


def test_version_that_leaves_locked_blocks_alone_needs_no_signature(world, legal):
    prompt, place = world.prompt(), world.places["production"]
    first = guarded(world, prompt, "Never promise a refund.")
    world.approved(prompt, first, "staging")
    review = world.review(prompt, first, "production")
    approve(review, world["reviewer"])
    approve(review, world["reviewer2"])
    world.release(prompt, first, "production")

    same = world.version(prompt, "Hello there.")
    gone = write_document(
        draft_of(prompt),
        document=draft_document(draft_of(prompt)) | {"blocks": [new_block("role", body="You.")]},
        actor=world["author"],
    )
    without = make_version(draft_of(prompt), reason="Gone", actor=world["author"])

    assert gone is not first
    assert gate_of(same, place, "locked") is None
    assert not gate_of(without, place, "locked").open


def test_editor_marks_locked_blocks_and_lets_them_be_written(world, legal):
    prompt = world.prompt()
    guarded(world, prompt, "Never promise a refund.")
    client = Client()
    client.force_login(world["author"], backend=BACKEND)

    page = client.get(reverse("pages:write", args=[prompt.path])).content.decode()

    mark = "Locked: a change needs a signature from Legal before it goes live in Production."
    assert page.count(mark) == 1
    assert guarded(world, prompt, "Quite other words.").number == 2
