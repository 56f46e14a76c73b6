"""What pages, alarms and experiments read from the sums."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.analytics.periods import last_days, last_hours
from apps.analytics.queries.arms import arm_totals, calls_a_day
from apps.analytics.queries.callers import who_fetches_what
from apps.analytics.queries.figures import by, by_tag, liked_by, liked_total, passed_by, total
from apps.analytics.queries.lists import cost_by_team, movers, tokens_by_model
from apps.analytics.queries.markers import markers
from apps.analytics.queries.prompt import broken_down, compare_versions
from apps.analytics.scopes import Liked, Scope
from apps.analytics.watching import drain
from apps.delivery.checked import EVERY, PREFIX

NOW = timezone.now().astimezone(dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def calls(told):
    """30 calls two days ago (v1), 10 now (v2, half of them failing), with feedback and tags."""
    told.tell(NOW - 2 * DAY, 30, tags=["shop"])
    told.tell(
        NOW, 5, version_id=told.versions[1].pk, model="acme/small", latency_ms=200.0, cost=None
    )
    told.tell(NOW, 5, version_id=told.versions[1].pk, status="error", tags=["shop", "late"])
    for value in (1, 1, -1):
        told.rate(NOW, value, version_id=told.versions[1].pk)
    told.rate(NOW - 2 * DAY, 1)
    told.rate(NOW, 5, kind="number", name="stars")
    drain()
    return told


def scope(told, days=30, **more):
    return Scope((told.prompt.pk,), last_days(days, NOW), **more)


def test_totals_are_those_of_days_and_hours_alike(calls):
    month, hours = total(scope(calls)), total(Scope((calls.prompt.pk,), last_hours(1, NOW)))

    assert (month.calls, month.errors, month.unpriced) == (40, 5, 5)
    assert month.cost == Decimal("0.070")
    assert (hours.calls, hours.errors) == (10, 5)
    assert liked_total(scope(calls)).share == 3 / 4


def test_the_time_before_ends_where_this_one_begins(calls):
    week = scope(calls, days=1)

    assert total(week).calls == 10
    assert total(week.before).calls == 0
    assert total(Scope((calls.prompt.pk,), last_hours(24, NOW - 2 * DAY + HOUR))).calls == 30


def test_sums_are_told_apart_by_what_is_asked(calls):
    versions = [version.pk for version in calls.versions]

    assert {key: one.calls for key, one in by(scope(calls), "version", "model").items()} == {
        (versions[0], "acme/large"): 30, (versions[1], "acme/large"): 5,
        (versions[1], "acme/small"): 5,
    }  # fmt: skip
    assert {key[0]: one.calls for key, one in by_tag(scope(calls)).items()} == {
        "shop": 35, "late": 5,
    }  # fmt: skip
    assert sorted(one.calls for one in by(scope(calls), "at").values()) == [10, 30]
    assert [row[0] for row in tokens_by_model(scope(calls))] == ["acme/large", "acme/small"]
    assert [(row.team, row.sums.calls) for row in cost_by_team(scope(calls))] == [("", 40)]


def test_what_is_said_of_a_call_counts_for_its_model_and_its_tags(calls):
    version = {"version_id": calls.versions[1].pk}
    calls.tell(NOW, ident="one", model="acme/small", tags=["late"], **version)
    calls.rate(NOW, 1, log_ident="one", **version)
    calls.rate(NOW, -1, log_ident="one", name="stars", **version)
    calls.rate(NOW, 1, log_ident="one", name=EVERY, kind="yes_no", **version)
    calls.rate(NOW, 0, log_ident="one", name=f"{PREFIX}polite", kind="yes_no", **version)
    drain()

    told = {kind: liked_by(scope(calls), kind) for kind in ("model", "tag")}
    passed = {kind: passed_by(scope(calls), kind) for kind in ("model", "tag", "version")}

    assert told == {"model": {("acme/small",): Liked(2, 1)}, "tag": {("late",): Liked(2, 1)}}
    assert passed == {
        "model": {("acme/small",): Liked(1, 1)}, "tag": {("late",): Liked(1, 1)},
        "version": {(calls.versions[1].pk,): Liked(1, 1)},
    }  # fmt: skip
    assert rows_by(calls, "tag")["late"][-2:] == ["100\u00a0%", "50\u00a0%"]
    assert rows_by(calls, "model")["acme/large"][-2:] == ["–", "–"]


def test_by_application_nothing_is_promised_that_applications_cannot_have(calls):
    by_key, by_model = (broken_down(scope(calls), kind) for kind in ("key", "model"))

    assert by_key.head == ["Key", *by_model.head[1:-2]]
    assert {len(row) for row in (*by_key.rows, *by_key.plain)} == {len(by_key.head)}


def rows_by(calls, kind):
    return {row[0]: row for row in broken_down(scope(calls), kind).rows}


def test_another_prompt_and_another_environment_are_left_out(calls):
    other = calls.world.places["staging"].pk

    assert total(scope(calls, environment=calls.production)).calls == 40
    assert total(scope(calls, environment=other)).calls == 0
    assert total(Scope((), last_days(30, NOW))).calls == 0


def test_percentiles_are_those_of_all_calls(calls):
    found = total(scope(calls), latency=True).percentiles

    assert found.p50 == pytest.approx(800, rel=0.01)
    assert total(scope(calls, days=1), latency=True).percentiles.p50 == pytest.approx(200, rel=0.01)
    tagged = {tag: one.percentiles.p50 for (tag,), one in by_tag(scope(calls)).items()}
    assert tagged == {"shop": pytest.approx(800, rel=0.01), "late": pytest.approx(800, rel=0.01)}


def test_movers_are_compared_with_the_time_before(calls):
    found = movers(Scope((calls.prompt.pk,), last_days(2, NOW)))

    assert [(mover.prompt.pk, mover.now.calls, mover.before.calls) for mover in found] == [
        (calls.prompt.pk, 10, 30)
    ]


def test_calls_a_day_are_those_of_the_week_or_since_the_first(calls):
    found = calls_a_day(calls.prompt, calls.world.places["production"])

    assert found == pytest.approx(40 * 24 / 49)
    assert calls_a_day(calls.prompt, calls.world.places["staging"]) is None


def test_arms_are_those_of_their_split(told):
    told.tell(NOW, 3, arm="a", split_id="s1")
    told.tell(NOW, 2, arm="b", split_id="s1", status="error")
    told.tell(NOW, 4, arm="a", split_id="s2")
    told.rate(NOW, 1, arm="b", split_id="s1")
    told.rate(NOW, 0.5, arm="b", split_id="s1")
    drain()

    found = arm_totals("s1")

    assert {arm: (one.sums.calls, one.sums.errors) for arm, one in found.items()} == {
        "a": (3, 0), "b": (2, 2),
    }  # fmt: skip
    thumbs = found["b"].feedback["thumbs"]
    assert (thumbs.count, thumbs.total, thumbs.squares, thumbs.positive) == (2, 1.5, 1.25, 2)
    assert sum(found["a"].sums.bins.values()) == 3
    assert arm_totals("") == {}


def test_an_application_shows_what_it_still_calls(calls):
    [found] = who_fetches_what(calls.prompt)

    assert (found.key.name, found.fetched_at) == ("Shop", None)
    assert [(sent.number, sent.calls) for sent in found.sent] == [(2, 10), (1, 30)]
    assert [sent.number for sent in found.old] == [2]  # v1 is live
    assert (found.is_behind, found.is_fresh) == (True, True)


def test_releases_stand_on_their_day(calls):
    [marker] = markers(scope(calls, environment=calls.production))

    assert [str(release.version) for release in marker.releases] == ["v1"]
    assert marker.at == NOW.replace(hour=0, minute=0, second=0, microsecond=0)


def test_two_versions_of_one_split_are_compared_inside_it(told):
    for version, arm, latency in ((0, "a", 800.0), (1, "b", 400.0)):
        more = {"version_id": told.versions[version].pk, "latency_ms": latency}
        told.tell(NOW, 100, arm=arm, split_id="s1", **more)
    told.tell(NOW, 100, latency_ms=9000.0)
    drain()

    pair = compare_versions(scope(told), told.versions[1], told.versions[0])

    assert pair.sentence.replace("\u00a0", " ") == (
        "v2 is 400 ms faster than v1. Both ran at the same time, and chance decided who got which."
    )
