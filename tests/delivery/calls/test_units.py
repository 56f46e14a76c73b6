"""What is known by unit is the same from every engine, for any calls and feedback."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.delivery.calls.columnar_units import ColumnarUnits
from apps.delivery.calls.postgres import PostgresCalls
from apps.delivery.calls.postgres_units import PostgresUnits
from apps.delivery.calls.unit_facts import Narrowed, Watched
from tests.delivery.calls.made import HOUR, call, emptied, feedback

ARMS = ["a", "b", "outside", ""]
PLACE = Watched(1, 5, "s1", HOUR - timedelta(days=4), HOUR + timedelta(hours=1))


@pytest.fixture(scope="module")
def made():
    """400 calls of 60 units in all arms, some of other places, and what was said of them."""
    dice = random.Random(20_250_101)
    calls, told = [], []
    for number in range(400):
        at = HOUR - timedelta(hours=dice.randrange(-1, 100), seconds=number)
        unit = dice.choice([None, *(bytes([n]) * 16 for n in range(60))])
        arm = dice.choice(ARMS)
        one = call(
            f"c{number}", at=at, unit_hash=unit, arm=arm, latency=dice.random() * 900,
            split_id="" if arm == "outside" else dice.choice(["s1"] * 5 + ["s2"]),
            environment_id=dice.choice([1] * 9 + [2]),
            prompt_id=dice.choice([5] * 9 + [6]), status=dice.choice(["ok", "ok", "error"]),
            cost=dice.choice([None, Decimal("0.25"), Decimal("0.000000003")]),
            tags=dice.sample(["web", "it's", "mail"], dice.randrange(3)),
            model=dice.choice(["openai/gpt-5", "local/small"]),
        )  # fmt: skip
        calls.append(one)
        names = {"log_ident": one.ident} if dice.random() < 0.7 else {}
        told.append(feedback(
            f"f{number}", dice.choice([-1.0, 0.0, 0.5, 1.0]), at=at, unit_hash=unit, arm=one.arm,
            split_id=one.split_id, environment_id=one.environment_id, prompt_id=one.prompt_id,
            name=dice.choice(["thumbs", "useful"]), **names,
        ))  # fmt: skip
    return calls, told


@pytest.fixture
def engines(db, made):
    from apps.delivery.calls.columnar import ColumnarCalls

    runner = emptied()
    for engine in (PostgresCalls(), ColumnarCalls(runner)):
        engine.write(made[0])
        engine.write_feedback(made[1])
    return PostgresUnits(), ColumnarUnits(runner)


def by_day(rows):
    """Whatever number a unit runs under: how it did, day by day."""
    units = {}
    for row in rows:
        said = (row.arm, row.day, row.values, round(row.total, 6))
        units.setdefault(row.unit, []).append(said)
    return sorted(sorted(days) for days in units.values())


def test_units_are_the_same_in_every_engine(engines):
    one, other = engines
    measures = [("errors", ""), ("latency", ""), ("cost", ""), ("feedback", "thumbs")]
    narrowed = [None, Narrowed("local/small"), Narrowed(tag="it's"), Narrowed(tag="nothing's")]

    assert one.exposed(PLACE) == other.exposed(PLACE)
    assert {row.arm for row in one.exposed(PLACE)} == {"a", "b"}
    assert sum(row.mixed for row in one.exposed(PLACE)) > 5
    for measure in measures:
        for only in narrowed:
            found = [by_day(each.unit_days(PLACE, *measure, only)) for each in engines]
            assert found[0] == found[1]
            assert bool(found[0]) == (only is None or only.tag != "nothing's")
        assert one.past(PLACE, *measure) == pytest.approx(other.past(PLACE, *measure))
    assert one.outside(PLACE) == other.outside(PLACE) > 0
    assert one.without_unit(PLACE) == other.without_unit(PLACE) > 0
    assert sorted(map(str, one.groups(PLACE))) == sorted(map(str, other.groups(PLACE)))
    assert len(one.groups(PLACE)) == 5
    assert one.traffic(PLACE) == other.traffic(PLACE)
    names = [[row[:3] for row in each.feedback_names(PLACE)] for each in engines]
    assert sorted(names[0]) == sorted(names[1]) and len(names[0]) == 2
    assert [each.ever_called(5) for each in engines] == [True, True]


def test_where_nothing_came_every_engine_says_so(engines):
    nowhere = Watched(9, 9, "none", PLACE.since, PLACE.until)

    for engine in engines:
        assert (engine.exposed(nowhere), engine.groups(nowhere)) == ([], [])
        assert engine.unit_days(nowhere, "feedback", "thumbs", Narrowed("m")) == []
        assert (engine.outside(nowhere), engine.without_unit(nowhere)) == (0, 0)
        assert engine.past(nowhere, "cost") == (0, 0.0, 0.0)
        assert engine.traffic(nowhere) == (0, 0, 0, None)
        assert (engine.feedback_names(nowhere), engine.ever_called(9)) == ([], False)
