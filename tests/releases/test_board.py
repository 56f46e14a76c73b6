from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from apps.environments.actions import override_rule
from apps.environments.queries import rule_for, terms_of
from apps.prompts.actions import deprecate_prompt
from apps.releases.actions import schedule_release
from apps.releases.queries import board, timeline
from tests.releases.test_t01_unauthorised import BACKEND
from tests.releases.world import edit, make_world
from tests.standing import part_of_stood, standing


def cards(found):
    """Column → "prompt version state" of each card."""
    return {
        str(column.environment or "Draft"): [
            f"{card.prompt.segment} {card.version} {card.state}".strip() for card in column.cards
        ]
        for column in found.columns
    }


def make_it():
    world = make_world()
    fresh = world.prompt("fresh")
    waiting = world.prompt("waiting")
    world.review(waiting, world.version(waiting, "One"), "staging")
    live = world.prompt("live")
    world.put_live(live, world.version(live, "One"), "production")
    tried = world.prompt("tried")
    world.put_live(tried, world.version(tried, "One"), "staging")
    world.version(tried, "Two")
    return world, {"fresh": fresh, "waiting": waiting, "live": live, "tried": tried}


stood = standing(make_it)
world, prompts = part_of_stood(0), part_of_stood(1)


def test_board_shows_each_prompt_where_it_is(world, prompts):
    found = board(world["releaser"])

    assert cards(found) == {
        "Draft": ["tried v2", "waiting v1 open", "fresh None"],
        "Staging": ["tried v1", "live v1"],
        "Production": ["live v1"],
    }
    assert found.waiting == 1


def test_board_says_what_each_person_may_do(world, prompts):
    def may(name):
        staging = next(c for c in board(world[name]).columns if str(c.environment) == "Staging")
        card = next(card for card in staging.cards if card.prompt.segment == "tried")
        return card.may_ask, card.may_release, card.may_roll_back, str(card.next)

    assert may("author") == (True, False, False, "Production")
    assert may("viewer") == (False, False, False, "Production")
    world.approved(prompts["tried"], prompts["tried"].versions.get(number=1), "production")
    assert may("releaser") == (False, True, False, "Production")
    assert may("author") == (False, False, False, "Production")


def planned_for_production(world, prompt):
    """v1, live in staging alone; a day from now."""
    version = prompt.versions.get(number=1)
    world.approved(prompt, version, "production")
    return schedule_release(
        prompt, version=version, environment=world.places["production"], expects=None,
        at=timezone.now() + dt.timedelta(days=1), actor=world["releaser"],
    )  # fmt: skip


def test_board_shows_a_plan_where_nothing_is_live_yet_to_whom_may_withdraw_it(world, prompts):
    plan = planned_for_production(world, prompts["tried"])

    def seen(name):
        found = board(world[name]).columns
        return [
            (str(column.environment), one.row, one.may)
            for column in found for card in column.cards for one in card.plans
        ]  # fmt: skip

    assert seen("releaser") == [("Staging", plan, True)]
    assert seen("author") == [("Staging", plan, False)]


def test_table_says_what_the_cards_say_of_plans_and_shares(client, world, prompts):
    planned_for_production(world, prompts["tried"])
    second = world.version(prompts["live"], "Two")
    world.approved(prompts["live"], second, "production")
    world.release(prompts["live"], second, "production", share=25)
    client.force_login(world["releaser"], backend=BACKEND)

    for shape in ("", "?as=table"):
        shown = client.get(f"/releases/{shape}").content.decode()
        assert "v1 goes to Production on" in shown and "25 % get v2" in shown, shape


def test_column_says_what_the_rules_of_what_is_shown_ask(world, prompts, client):
    place = world.places["production"]
    rule = rule_for(place, world.desk)
    override_rule(
        place, namespace=world.desk, terms=replace(terms_of(rule), approvals=2), reason="Two",
        actor=world.admin,
    )  # fmt: skip

    def asked(namespace):
        columns = board(world["viewer"], namespace=namespace).columns
        return [one.approvals for one in columns]

    assert asked("") == [None, (1, 1), (1, 2)]
    assert asked("desk") == [None, (1, 1), (2, 2)]
    client.force_login(world["viewer"], backend=BACKEND)
    for address, words in (("", "1 to 2\u00a0approvals"), ("?in=desk", "2\u00a0approvals")):
        assert (
            f'<span class="d">{words}</span>' in client.get(f"/releases/{address}").content.decode()
        )


def test_board_of_an_outsider_is_empty(world, prompts):
    assert cards(board(world["outsider"])) == {"Draft": [], "Staging": [], "Production": []}


def test_board_is_filtered_by_namespace_and_time(world, prompts):
    later = timezone.now() + dt.timedelta(hours=1)

    assert cards(board(world["viewer"], namespace="desk")) == cards(board(world["viewer"]))
    assert cards(board(world["viewer"], since=later)) == {
        "Draft": [], "Staging": [], "Production": [],
    }  # fmt: skip


def test_board_keeps_an_edited_draft_beside_what_is_live(world, prompts):
    edit(prompts["live"], "Other words", world["author"])

    assert "live v1" in cards(board(world["viewer"]))["Draft"]


def test_board_asks_the_same_number_of_queries_for_more_cards(
    world, prompts, django_assert_num_queries
):
    with django_assert_num_queries(QUERIES):
        board(world["releaser"])
    for number in range(3):
        prompt = world.prompt(f"more{number}")
        world.put_live(prompt, world.version(prompt, "One"), "production")

    with django_assert_num_queries(QUERIES):
        board(world["releaser"])


QUERIES = 16


def test_board_shows_no_more_than_its_limit(world, prompts):
    column = board(world["viewer"], limit=1).columns[0]

    assert (len(column.cards), column.more) == (1, True)


def test_timeline_names_what_was_replaced_newest_first(world, prompts):
    rows = timeline(prompts["live"])

    assert [(r.environment.name, r.version.number, r.replaced) for r in rows] == [
        ("production", 1, None), ("staging", 1, None),
    ]  # fmt: skip


@pytest.mark.parametrize("shape", ["", "?as=table"])
def test_board_marks_what_is_deprecated(client, world, prompts, shape):
    client.force_login(world["releaser"], backend=BACKEND)
    before = client.get(f"/releases/{shape}").content.decode()

    deprecate_prompt(prompts["live"], reason="Old", actor=world.admin)

    shown = client.get(f"/releases/{shape}").content.decode()
    assert (before.count("Deprecated"), shown.count("Deprecated")) == (0, 2)  # staging, production
