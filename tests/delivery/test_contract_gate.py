"""The contract gate: what a version needs must be what callers send."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import NotPossible
from apps.delivery.actions import note_names
from apps.delivery.contract_gate import contract_gate
from apps.delivery.models import SentName
from apps.prompts.actions import declare_variable, make_version, remove_variable
from apps.prompts.queries import draft_of
from apps.releases.gates import gates


def seen(story, *names, days=0, place="production"):
    at = timezone.now() - timedelta(days=days)
    environment = story.world.places[place]
    note_names([(environment.pk, story.prompt.pk, name) for name in ("", *names)], at=at)


def version_with(story, **variable):
    draft = draft_of(story.prompt)
    declare_variable(draft, **{"name": "order_id", **variable}, actor=story.world["author"])
    return make_version(draft, reason="Needs more", actor=story.world["author"])


def asked(story, version, place="production"):
    return contract_gate(version, story.world.places[place])


def test_version_that_needs_what_callers_do_not_send_is_closed(story):
    seen(story, "message")
    made = version_with(story)

    gate = asked(story, made)

    assert (gate.code, gate.open) == ("contract", False)
    assert gate.sentence == (
        "Version 2 needs “order_id”, which the application calling production does not send"
    )
    assert "default" in gate.detail
    seen(story, "order_id")
    assert asked(story, made).open


def test_names_that_were_seen_long_ago_or_elsewhere_do_not_count(story):
    made = version_with(story)
    seen(story, "message")
    seen(story, "order_id", place="staging")
    seen(story, "order_id", days=31)
    closed = asked(story, made).open

    SentName.objects.filter(name="order_id").update(last_seen=timezone.now() - timedelta(days=29))

    assert (closed, asked(story, made).open) == (False, True)


def test_without_calls_it_compares_with_what_is_live_and_says_so(story):
    made = version_with(story)

    gate = asked(story, made)

    assert not gate.open
    assert gate.sentence == "Version 2 needs “order_id”, which v1, live in production, does not"
    assert gate.detail.startswith("No call was seen there in 30 days")


@pytest.mark.parametrize("variable", [{"required": False}, {"required": False, "default": "none"}])
def test_variable_that_may_be_left_out_breaks_nobody(story, variable):
    seen(story, "message")

    assert asked(story, version_with(story, **variable)).open


def test_variable_that_goes_is_ignored_from_then_on(story):
    seen(story, "message", "shop")
    draft = draft_of(story.prompt)
    remove_variable(draft.variables.get(name="shop"), actor=story.world["author"])
    made = make_version(draft, reason="Less", actor=story.world["author"])

    gate = asked(story, made)

    assert (gate.open, gate.detail) == (True, "“shop” is ignored from then on.")


def test_where_nothing_is_live_nothing_can_break(story):
    from tests.delivery.story import make_prompt

    prompt = make_prompt(story.world, story.world.desk, "fresh")
    made = make_version(draft_of(prompt), reason="First", actor=story.world["author"])

    gate = contract_gate(made, story.world.places["production"])

    assert gate.open
    assert gate.sentence.startswith("Nothing of this is live in Production")
    assert asked(story, made, "development") is None


def test_release_is_refused_by_the_gate(story):
    seen(story, "message")
    seen(story, "message", place="staging")
    made = version_with(story)
    world = story.world
    review = world.approved(story.prompt, made, "production")

    with pytest.raises(NotPossible) as refused:
        world.release(story.prompt, made, "production", review=review)

    assert refused.value.code == "gate_closed"
    assert set(refused.value.verdict.facts["gates"]) == {"contract", "order"}
    for place in ("staging", "production"):
        seen(story, "order_id", place=place)
    assert [gate.code for gate in gates(made, world.places["production"]) if not gate.open] == []
    assert world.release(story.prompt, made, "production", review=review).version == made
