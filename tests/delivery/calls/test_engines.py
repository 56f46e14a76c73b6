"""One file for every engine that keeps calls: what is counted, and that nothing counts twice."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from apps.delivery.bins import bin_of
from apps.delivery.calls.engine import Filter, NotNew, Place, Totals, Written
from apps.delivery.calls.postgres import PostgresCalls
from tests.delivery.calls.made import HOUR, call, emptied, feedback


@pytest.fixture(params=["postgres", "columnar"])
def engine(request, db):
    if request.param == "postgres":
        return PostgresCalls()
    from apps.delivery.calls.columnar import ColumnarCalls

    return ColumnarCalls(emptied())


def test_calls_come_back_as_they_were_written(engine):
    told = call(
        "full", arm="b", split_id="s1", unit_hash=bytes(range(16)), error="Ana | \\ failed\n",
        tags=["a b", 'x"y'], variables={"message": "Grüße\t{}"}, output="Dear \\N", status="error",
        cost=Decimal("0.000000001"),
    )  # fmt: skip
    plain = call("plain", at=HOUR + timedelta(seconds=1), cost=None)

    assert engine.write([plain, told]) == Written(2, 0)

    found = engine.single(Filter(prompt_ids=[5]), limit=10)
    assert [one._replace(started_at=one.started_at.astimezone(UTC)) for one in found] == [
        plain, told,
    ]  # fmt: skip


def test_call_that_comes_again_counts_once(engine):
    engine.write([call("one"), call("two")])

    assert engine.write([call("one"), call("three"), call("two", cost=None)]) == Written(1, 2)
    assert [one.calls for one in engine.totals(Filter())] == [3]
    assert engine.totals(Filter())[0].unpriced == 0


def test_short_way_writes_nothing_where_one_is_known(engine):
    assert engine.write([call("one")]) == Written(1, 0)

    for several in ([call("one"), call("two")], [call("three"), call("three")]):
        with pytest.raises(NotNew), transaction.atomic():
            engine.write_new(several)
    assert engine.write_new([call("two"), call("three")]) == Written(2, 0)

    assert [one.calls for one in engine.totals(Filter())] == [3]


def test_ident_is_another_call_in_another_environment(engine):
    engine.write([call("one")])

    assert engine.write([call("one", environment_id=2)]) == Written(1, 0)


def test_calls_of_a_day_without_partition_are_kept(engine):
    old = HOUR - timedelta(days=40)

    assert engine.write([call("old", at=old), call("new")]) == Written(2, 0)
    assert [one.calls for one in engine.hour_figures(1, 5, old)] == [1]


def test_figures_of_an_hour_are_exact(engine):
    engine.write([
        call("a", latency=10.0, cost=Decimal("0.1")),
        call("b", latency=10.0, cost=Decimal("0.2"), at=HOUR + timedelta(minutes=59)),
        call("c", latency=900.0, cost=None, status="error"),
        call("d", arm="b", split_id="s1", version_id=8),
        call("later", at=HOUR + timedelta(hours=1)),
        call("elsewhere", prompt_id=6),
    ])  # fmt: skip

    first, second = engine.hour_figures(1, 5, HOUR)

    assert (first.version_id, first.arm, first.hour) == (7, "", HOUR)
    assert (first.calls, first.errors, first.cost, first.unpriced) == (3, 1, Decimal("0.3"), 1)
    assert (first.input_tokens, first.output_tokens, first.latency_sum) == (360, 120, 920.0)
    assert first.latency_bins == {bin_of(10.0): 2, bin_of(900.0): 1}
    assert (second.version_id, second.arm, second.split_id, second.calls) == (8, "b", "s1", 1)


def test_feedback_is_counted_under_its_name(engine):
    engine.write_feedback([
        feedback("f1", 1.0), feedback("f2", -0.5), feedback("f3", 0.0, name="useful"),
        feedback("f4", at=HOUR + timedelta(hours=1)),
    ])  # fmt: skip

    found = engine.hour_feedback(1, 5, HOUR)

    assert [(f.name, f.kind, f.count, f.sum, f.sum_squares, f.positive) for f in found] == [
        ("thumbs", "score", 2, 0.5, 1.25, 1), ("useful", "score", 1, 0.0, 0.0, 0),
    ]  # fmt: skip


def test_second_opinion_takes_the_place_of_the_first(engine):
    assert engine.write_feedback([feedback("f", 1.0, replaces=True)]) == Written(1, 0)

    assert engine.write_feedback([feedback("f", 1.0, replaces=True)]) == Written(0, 1)
    assert engine.write_feedback([feedback("f", -1.0, replaces=True)]) == Written(1, 0)
    assert engine.write_feedback([feedback("f", 1.0)]) == Written(0, 1)
    assert [(f.count, f.sum) for f in engine.hour_feedback(1, 5, HOUR)] == [(1, -1.0)]


def test_call_with_two_tags_counts_under_both(engine):
    engine.write([
        call("a", tags=["vip", "web"], latency_bin=7),
        call("b", tags=["web"], latency_bin=9, status="error"),
    ])  # fmt: skip

    found = engine.hour_tags(1, 5, HOUR)

    assert [(one.tag, one.calls, one.errors, one.latency_bins) for one in found] == [
        ("vip", 1, 0, {7: 1}), ("web", 2, 1, {7: 1, 9: 1}),
    ]  # fmt: skip


def test_feedback_counts_under_the_model_and_the_tags_of_its_call(engine):
    engine.write([call("a", tags=["vip", "web"]), call("b", tags=["web"], model="small")])
    engine.write_feedback([
        feedback("f1", 1.0, log_ident="a"), feedback("f2", -1.0, log_ident="b"),
        feedback("f3", 1.0, log_ident=None), feedback("f4", 1.0, log_ident="nobody"),
    ])  # fmt: skip

    found = engine.hour_parts(1, 5, HOUR)

    assert [(one.part, one.value, one.name, one.count, one.positive) for one in found] == [
        ("model", "openai/gpt-5", "thumbs", 1, 1), ("model", "small", "thumbs", 1, 0),
        ("tag", "vip", "thumbs", 1, 1), ("tag", "web", "thumbs", 2, 1),
    ]  # fmt: skip


def test_totals_take_only_what_fits_the_filter(engine):
    engine.write([
        call("a", tags=["web"]), call("b", model="small"),
        call("c", at=HOUR + timedelta(hours=1)), call("d", prompt_id=6, version_id=9),
    ])  # fmt: skip

    by_model = engine.totals(Filter(prompt_ids=[5], until=HOUR + timedelta(hours=1)), ["model"])

    assert [(one.group, one.calls) for one in by_model] == [(("openai/gpt-5",), 1), (("small",), 1)]
    assert engine.totals(Filter(tag="web"))[0] == Totals(
        (), 1, 0, 120, 40, Decimal("0.0021"), 0, 800.0
    )
    assert engine.totals(Filter(tag="nothing")) == []
    assert [one.group for one in engine.totals(Filter(prompt_ids=[5]), ["hour"])] == [
        (HOUR,), (HOUR + timedelta(hours=1),),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="told apart"):
        engine.totals(Filter(), ["output"])


def test_places_are_the_hours_in_which_something_happened(engine):
    engine.write([call("a"), call("b"), call("c", at=HOUR + timedelta(minutes=61))])
    engine.write_feedback([feedback("f", prompt_id=9)])

    found = engine.places(HOUR, HOUR + timedelta(hours=2))

    assert found == [
        Place(1, 5, HOUR), Place(1, 9, HOUR), Place(1, 5, HOUR + timedelta(hours=1)),
    ]  # fmt: skip


def test_known_finds_old_and_new_calls_of_its_environment(engine):
    old = HOUR - timedelta(days=9)
    engine.write([call("new", arm="b"), call("old", at=old), call("else", environment_id=2)])

    found = engine.known(1, ["new", "old", "else", "never"])

    assert set(found) == {"new", "old"}
    assert (found["new"].arm, found["old"].started_at) == ("b", old)


def test_single_calls_go_on_after_the_last_one_shown(engine):
    engine.write([call(f"c{n}", at=HOUR + timedelta(seconds=n // 2)) for n in range(5)])

    first = engine.single(Filter(), limit=3)
    rest = engine.single(Filter(), limit=3, before=(first[-1].started_at, first[-1].ident))

    assert [one.ident for one in [*first, *rest]] == ["c4", "c3", "c2", "c1", "c0"]


def test_single_calls_are_narrowed_to_what_was_said_of_them(engine):
    engine.write([call(ident) for ident in ("passed", "failed", "bad", "no", "silent")])
    said = [
        ("passed", "check:all", "yes_no", 1), ("failed", "check:all", "yes_no", 0),
        ("bad", "thumbs", "score", -1), ("no", "useful", "yes_no", 0), ("passed", "t", "score", 0),
        ("passed", "stars", "number", -2),
    ]  # fmt: skip
    engine.write_feedback([
        feedback(f"f{at}", value, log_ident=about, name=name, kind=kind)
        for at, (about, name, kind, value) in enumerate(said)
    ])  # fmt: skip

    failed, bad = (
        {one.ident for one in engine.single(Filter(prompt_ids=[5], opinion=opinion), limit=9)}
        for opinion in ("failed", "bad")
    )

    assert (failed, bad) == ({"failed"}, {"bad", "no"})


def test_values_are_erased_and_figures_stay(engine):
    engine.write([
        call("old", variables={"a": 1}, output="x", error="y"),
        call("new", at=HOUR + timedelta(hours=1), output="z"),
        call("else", prompt_id=6, output="z"),
    ])  # fmt: skip
    engine.write_feedback([feedback("f", comment="so so")])

    assert engine.erase_values([5], HOUR + timedelta(minutes=1)) == 2

    kept = {one.ident: (one.variables, one.output, one.error) for one in
            engine.single(Filter(), limit=9)}  # fmt: skip
    assert kept == {"old": (None, None, ""), "new": (None, "z", ""), "else": (None, "z", "")}
    assert engine.erase_values([5], HOUR + timedelta(minutes=1)) == 0


def test_calls_of_some_prompts_are_forgotten_by_day(engine):
    old = HOUR - timedelta(days=40)
    engine.write([call("old", at=old), call("new"), call("other", at=old, prompt_id=6)])
    engine.write_feedback([feedback("old", at=old), feedback("new")])

    assert engine.forget([5], HOUR.date() - timedelta(days=39)) == 2
    assert {one.ident for one in engine.single(Filter(), limit=9)} == {"new", "other"}
    assert [f.count for f in engine.hour_feedback(1, 5, HOUR)] == [1]
    assert engine.hour_feedback(1, 5, old) == []
    assert engine.forget([5], HOUR.date() - timedelta(days=39)) == 0


def test_old_days_are_dropped_whole(engine):
    old = HOUR - timedelta(days=120)
    engine.write([call("old", at=old), call("new")])

    assert engine.drop_before(HOUR.date() - timedelta(days=90)) == 1

    assert [one.ident for one in engine.single(Filter(), limit=9)] == ["new"]
    assert engine.drop_before(HOUR.date() - timedelta(days=90)) == 0
