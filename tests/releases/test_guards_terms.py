"""Freezes and locked blocks as guards of the database, tried past the application's gates. Each
refusal has a twin that passes."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from apps.core.clock import database_now
from apps.environments.actions import change_rule
from apps.environments.freezes import ONCE, WEEKLY, Freeze, frozen_until
from apps.environments.models import Rule
from apps.environments.queries import terms_of
from apps.environments.rules import Lock
from apps.environments.states import How
from apps.prompts.actions import create_prompt, make_version, save_block
from apps.prompts.content import new_block, new_content
from apps.prompts.queries import draft_of
from apps.releases.actions.pointer import Move
from apps.releases.splits import with_share
from apps.teams.actions import add_member, create_team

NOW = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)  # a Wednesday


@pytest.fixture
def desk(world):
    """v1 is live in production; v2, which changes the guardrails, is approved there."""
    document = new_content() | {"blocks": [
        new_block("guardrails", body="Never promise."), new_block("input", body="Hello."),
    ]}  # fmt: skip
    world.reply = create_prompt(
        world.desk, segment="reply", name="Reply", document=document, actor=world["author"]
    )
    world.first = make_version(draft_of(world.reply), reason="First", actor=world["author"])
    world.put_live(world.reply, world.first, "production")
    block = draft_of(world.reply).blocks.get(type="guardrails")
    save_block(block, revision=block.revision, body="Promise it all.", actor=world["author"])
    world.second = make_version(draft_of(world.reply), reason="Second", actor=world["author"])
    world.approved(world.reply, world.second, "production")
    world.legal = create_team(name="Legal", actor=world.admin)
    return world


def change(desk, **terms):
    rule = Rule.objects.get(environment__name="production", namespace__path="")
    change_rule(rule, terms=replace(terms_of(rule), **terms), reason="Safer", actor=desk.admin)


def frozen(hours_from, hours_to):
    now = database_now()
    first, last = (
        (now + dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
        for hours in (hours_from, hours_to)
    )
    return {"freezes": frozenset({Freeze(ONCE, "Holiday", "UTC", first, last)})}


def sentence(desk, version, how=How.PUBLISH, split=None):
    """What the database says to a pointer that is moved without asking any gate; "" when it takes
    it. Nothing of it stays."""
    move = Move(
        desk.reply, version, desk.places["production"], how, "By hand", None, desk["releaser"],
        split,
    )  # fmt: skip
    try:
        with transaction.atomic():
            move.write()
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


FROZEN = "nothing is released during a freeze"
UNSIGNED = "locked blocks changed and their team has not signed"


@pytest.mark.parametrize("how", [How.PUBLISH, How.PROMOTE, How.SCHEDULE])
def test_no_pointer_moves_during_a_freeze(desk, how):
    change(desk, **frozen(2, 5))
    before = sentence(desk, desk.second, how)

    change(desk, freezes=frozen(2, 5)["freezes"] | frozen(-1, 5)["freezes"])

    assert (before, sentence(desk, desk.second, how)) == ("", FROZEN)


def test_a_freeze_lets_a_roll_back_and_a_smaller_share_pass(desk):
    desk.release(desk.reply, desk.second, "production", share=10)
    change(desk, **frozen(-1, 5))
    release = desk.reply.deployments.get(environment__name="production").release
    running = release.split

    said = [
        sentence(desk, desk.second, How.STEP, with_share(running, 5)),
        sentence(desk, desk.second, How.STEP, with_share(running, 25)),
        sentence(desk, desk.second, How.STEP),
        sentence(desk, desk.first, How.ROLL_BACK),
    ]

    assert said == ["", FROZEN, FROZEN, ""]


def test_locked_blocks_need_the_signature_of_their_team(desk):
    change(desk, locks=frozenset({Lock("guardrails", desk.legal.pk)}))
    unsigned = sentence(desk, desk.second)

    add_member(desk.legal, person=desk["reviewer"], actor=desk.admin)  # who approved v2

    assert (unsigned, sentence(desk, desk.second)) == (UNSIGNED, "")


def test_a_lock_holds_what_it_names_and_nothing_else(desk):
    change(desk, locks=frozenset({Lock("role", desk.legal.pk), Lock("input", desk.legal.pk)}))

    assert sentence(desk, desk.second) == ""


def test_a_roll_back_needs_the_signature_where_it_needs_approvals(desk):
    desk.release(desk.reply, desk.second, "production")
    change(desk, locks=frozenset({Lock("guardrails", desk.legal.pk)}))
    free = sentence(desk, desk.first, How.ROLL_BACK)
    change(desk, roll_back_approved=True)
    desk.approved(desk.reply, desk.first, "production", by="reviewer2")

    unsigned = sentence(desk, desk.first, How.ROLL_BACK)
    add_member(desk.legal, person=desk["reviewer2"], actor=desk.admin)

    assert (free, unsigned, sentence(desk, desk.first, How.ROLL_BACK)) == ("", UNSIGNED, "")


# --- the two clocks agree ------------------------------------------------------------------------


FREEZES = [
    Freeze(ONCE, "x", "UTC", "2026-03-04T11:00", "2026-03-04T13:00"),
    Freeze(ONCE, "x", "Europe/Berlin", "2026-03-28T20:00", "2026-03-29T02:30"),
    Freeze(ONCE, "x", "America/New_York", "2026-10-31T20:00", "2026-11-01T01:30"),
    Freeze(WEEKLY, "x", "Europe/Berlin", "4 16:00", "0 08:00"),
    Freeze(WEEKLY, "x", "Asia/Kolkata", "2 09:30", "2 17:30"),
    Freeze(WEEKLY, "x", "UTC", "2 17:00", "2 09:00"),
    Freeze(WEEKLY, "x", "Pacific/Auckland", "6 00:00", "6 23:59"),
]


@pytest.mark.parametrize("freeze", FREEZES)
def test_the_database_never_asks_for_more_than_the_application(db, freeze):
    """Half-hours over two weeks, and around the changes of summer time; they differ only where a
    local time comes twice or never."""
    starts = [NOW, *(dt.datetime(2026, *day, tzinfo=dt.UTC) for day in ((3, 28), (10, 31)))]
    times = [
        start + dt.timedelta(minutes=30 * step, seconds=1)
        for start, days in zip(starts, (14, 2, 2), strict=True)
        for step in range(48 * days)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT galley_is_frozen(%s::jsonb, at) FROM unnest(%s::timestamptz[])"
            " WITH ORDINALITY AS times(at, place) ORDER BY place",
            [json.dumps(freeze.as_json()), times],
        )
        theirs = [row[0] for row in cursor.fetchall()]
    ours = [frozen_until([freeze], at) is not None for at in times]

    more = [at for at, mine, other in zip(times, ours, theirs, strict=True) if other and not mine]
    less = [at for at, mine, other in zip(times, ours, theirs, strict=True) if mine and not other]
    assert (more, len(less) <= 4, True in theirs) == ([], True, True)


def test_a_time_zone_that_the_database_does_not_know_is_no_fault(db):
    freeze = Freeze(WEEKLY, "x", "Nowhere/Land", "0 00:00", "6 23:59")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT galley_is_frozen(%s::jsonb, now())",
            [json.dumps(freeze.as_json())],
        )
        assert cursor.fetchone()[0] is False
