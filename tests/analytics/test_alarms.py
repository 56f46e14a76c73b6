from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from apps.analytics.actions import (
    Terms,
    make_alarm,
    pause_alarm,
    remove_alarm,
    resume_alarm,
    ring_alarm,
    see_to_alarm,
)
from apps.analytics.alarm_words import watches
from apps.analytics.models import Alarm
from apps.analytics.queries.alarms import alarms_of, measured
from apps.analytics.templatetags.analytics import rang as words_of_rang
from apps.analytics.watching import drain, watch
from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.notifications.models import InboxItem
from apps.notifications.rows import rows_of
from apps.teams.actions import create_namespace
from apps.teams.queries import root_namespace
from tests.analytics.live import check_live, make_live_suite
from tests.browser.people import BACKEND

NOW = timezone.now().astimezone(dt.UTC)


def set_alarm(told, measure="errors", bound=10.0, hours=1, by="reviewer", subject="", **more):
    terms = Terms(told.world.places["production"], measure, bound, hours, subject)
    more.setdefault("prompt", told.prompt)
    return make_alarm(told.world.desk, terms=terms, actor=told.world[by], **more)


def events(alarm):
    rows = AuditEntry.objects.filter(event__startswith="analytics.", target_id=str(alarm.pk))
    return list(rows.order_by("seq").values_list("event", "actor_kind"))


def test_an_alarm_rings_once_and_is_set_again_when_it_is_over(told):
    alarm = set_alarm(told)
    told.tell(NOW, 15)
    told.tell(NOW, 5, status="error")
    drain()

    first, again = watch(), watch()
    told.tell(NOW, 80)
    drain()
    calmed = watch()

    assert (first, again, calmed) == (1, 0, 1)
    assert events(alarm) == [
        ("analytics.alarm.made", "person"),
        ("analytics.alarm.rang", "system"),
        ("analytics.alarm.calmed", "system"),
    ]
    alarm.refresh_from_db()
    assert (alarm.state, alarm.value) == ("armed", 25.0)


@pytest.mark.parametrize(
    ("measure", "bound", "inside"),
    [
        ("errors", 24.0, 26.0),
        ("latency", 700.0, 900.0),
        ("cost", 0.03, 0.05),
        ("liked", 60.0, 40.0),
    ],
)
def test_each_measure_rings_beyond_its_bound_and_not_before(told, measure, bound, inside):
    told.tell(NOW, 15)
    told.tell(NOW, 5, status="error")
    for at in range(20):
        told.rate(NOW, 1 if at % 2 else -1)
    drain()
    beyond = set_alarm(told, measure, bound)
    within = set_alarm(told, measure, inside, hours=2)

    watch()

    beyond.refresh_from_db()
    within.refresh_from_db()
    assert (beyond.state, within.state) == ("ringing", "armed")


def test_a_few_calls_say_nothing(told):
    alarm = set_alarm(told)
    told.tell(NOW, 19, status="error")
    drain()

    few = measured(alarm)
    told.tell(NOW, 1)
    drain()

    assert (few, measured(alarm)) == (None, 95.0)


def test_an_alarm_of_a_namespace_hears_every_prompt_below(told):
    alarm = set_alarm(told, prompt=None)
    told.tell(NOW, 20, status="error")
    drain()

    watch()

    alarm.refresh_from_db()
    assert alarm.state == "ringing"
    assert list(alarms_of(told.world["viewer"], told.prompt)) == [alarm]


def test_whoever_may_roll_back_has_to_look_and_the_words_say_why(told):
    set_alarm(told)
    told.tell(NOW, 10)
    told.tell(NOW, 10, status="error")
    drain()
    watch()

    run_all()

    items = InboxItem.objects.filter(event="analytics.alarm.rang").order_by("person__name")
    people = [(str(item.person), item.needs_action) for item in items]
    assert people == [("Releaser", True), ("Reviewer", False)]
    [row] = rows_of([items[0]])
    assert row.title.replace("\u00a0", " ") == (
        "Reply in Production: 50 % of the calls in the last hour failed; the bound is 10 %"
    )
    assert row.url == f"/prompts/{told.prompt.path}/-/analytics/?environment=production"
    assert items[0].letters.count() == 1


def test_who_sees_to_it_is_named_and_only_once(told):
    alarm = set_alarm(told)
    told.tell(NOW, 20, status="error")
    drain()
    watch()

    seen = see_to_alarm(alarm, actor=told.world["releaser"])

    assert seen.seen_by == told.world["releaser"]
    with pytest.raises(NotPossible, match="Releaser sees to it already"):
        see_to_alarm(alarm, actor=told.world["reviewer"])


def test_a_paused_alarm_is_silent_until_it_is_set_again(told):
    alarm = set_alarm(told)
    told.tell(NOW, 20, status="error")
    drain()

    pause_alarm(alarm, actor=told.world["author"])
    paused = watch()
    resume_alarm(alarm, actor=told.world["author"])

    assert (paused, watch()) == (0, 1)


def test_an_alarm_that_is_taken_away_makes_room_and_stays_in_the_database(told):
    alarm = set_alarm(told)
    with pytest.raises(NotPossible, match="There is an alarm for this already"):
        set_alarm(told, bound=20.0)

    remove_alarm(alarm, actor=told.world["author"])
    set_alarm(told, bound=20.0)

    assert Alarm.objects.count() == 2
    with pytest.raises(NotPossible):
        resume_alarm(alarm, actor=told.world["author"])


def test_rights_on_alarms(told):
    alarm = set_alarm(told)

    with pytest.raises(NotAllowed):
        set_alarm(told, "cost", by="viewer")
    with pytest.raises(NotVisible):
        pause_alarm(alarm, actor=told.world["outsider"])
    with pytest.raises(NotAllowed, match="rings by itself"):
        ring_alarm(alarm, value=99.0, actor=told.world["admin"])


@pytest.mark.parametrize(
    ("more", "field"),
    [({"hours": 0}, "hours"), ({"hours": 169}, "hours"), ({"bound": 0}, "bound"),
     ({"bound": 101.0}, "bound"), ({"bound": float("nan")}, "bound"),
     ({"measure": "x"}, "measure")],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused_by_field(told, more, field):
    with pytest.raises(Invalid) as refused:
        set_alarm(told, **more)

    assert list(refused.value.errors) == [field]
    assert Alarm.objects.count() == 0


def test_no_alarm_changes_without_an_entry_and_none_is_deleted(told):
    alarm = set_alarm(told)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        alarm.delete()
    assert Alarm.objects.filter(pk=alarm.pk).exists()


def test_an_alarm_says_what_it_watches(told):
    words = [
        watches(set_alarm(told, "errors", 5.0, 1)), watches(set_alarm(told, "latency", 2500, 24)),
        watches(set_alarm(told, "cost", 12.0, 48)), watches(set_alarm(told, "liked", 70.0, 168)),
        watches(set_alarm(told, "quality", 90.0, 24)), watches(set_alarm(told, "drift", 1.0, 24)),
    ]  # fmt: skip

    assert [text.replace("\u00a0", " ") for text in words] == [
        "Rings when more than 5 % of the calls in the last hour fail.",
        "Rings when one call in twenty in the last 24 hours takes more than 2.5 s.",
        "Rings when the calls of the last 2 days cost more than $12.00.",
        "Rings when less than 70 % of the feedback in the last 7 days is good.",
        "Rings when less than 90 % of the sampled answers in the last 24 hours pass every check.",
        "Rings when answers of the last 24 hours pass every check by more than 1 point less often"
        " than earlier ones of the same version.",
    ]


def judge(told, number, value, name="check:all", version=0, at=NOW):
    for _ in range(number):
        told.rate(at, value, name=name, kind="yes_no", version_id=told.versions[version].pk)
    drain()


def test_quality_rings_below_its_bound_and_only_of_its_check(told):
    check, other = two_checks(told)
    judge(told, 20, 1)
    judge(told, 19, 0, name=check)
    of_all = set_alarm(told, "quality", 80.0)
    of_one = set_alarm(told, "quality", 80.0, subject=check)
    of_other = set_alarm(told, "quality", 80.0, subject=other)
    few = [measured(alarm) for alarm in (of_all, of_one, of_other)]
    judge(told, 1, 1, name=check)

    watch()

    assert few == [100.0, None, None]
    assert [measured(alarm) for alarm in (of_all, of_one, of_other)] == [100.0, 5.0, None]
    states = Alarm.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["armed", "ringing", "armed"]
    of_one.refresh_from_db()
    assert words_of_rang(of_one).replace("\u00a0", " ") == (
        "5 % of the sampled answers in the last hour pass the check “Has at most 3 words”;"
        " the bound is 80 %"
    )


def test_drift_is_of_a_version_against_itself_and_beyond_chance(told):
    long_ago = NOW - dt.timedelta(days=9)
    alarm = set_alarm(told, "drift", 10.0, hours=24)
    judge(told, 40, 1, at=long_ago)
    judge(told, 40, 0, version=1, at=long_ago)
    judge(told, 30, 0, version=1)  # as bad as it always was
    judge(told, 19, 0)
    few = measured(alarm)
    judge(told, 19, 1)

    now = measured(alarm)
    watch()
    judge(told, 600, 1)
    healed = measured(alarm)
    calmed = watch()

    assert (few, now) == (0.0, 50.0)
    assert healed < 10 and calmed == 1
    assert events(alarm)[1:] == [
        ("analytics.alarm.rang", "system"), ("analytics.alarm.calmed", "system"),
    ]  # fmt: skip


def test_a_drop_that_chance_can_make_is_no_drift(told):
    alarm = set_alarm(told, "drift", 5.0, hours=24)
    judge(told, 20, 1, at=NOW - dt.timedelta(days=3))
    judge(told, 18, 1)
    judge(told, 2, 0)

    assert measured(alarm) == 0.0


def test_an_alarm_of_a_check_that_judges_nothing_here_is_refused(told):
    check, _other = two_checks(told)

    with pytest.raises(Invalid) as refused:
        set_alarm(told, "quality", 80.0, subject="check:nonsense")
    elsewhere = create_namespace(root_namespace(), segment="elsewhere", actor=told.world.admin)
    terms = Terms(told.world.places["production"], "quality", 80.0, 1, check)
    with pytest.raises(Invalid):
        make_alarm(elsewhere, terms=terms, actor=told.world.admin)

    assert list(refused.value.errors) == ["subject"]
    assert set_alarm(told, "quality", 80.0, subject=check).subject == check
    assert set_alarm(told, "errors", 80.0, subject=check).subject == ""


def test_an_alarm_of_a_namespace_can_name_one_check(told):
    check, _other = two_checks(told)
    judge(told, 20, 1)
    judge(told, 20, 0, name=check)
    page = Client()
    page.force_login(told.world["reviewer"], backend=BACKEND)

    offered = page.get("/analytics/alarms/new/").context["form"].fields["subject"].choices
    alarm = set_alarm(told, "quality", 80.0, subject=check, prompt=None)

    assert check in dict(offered)
    assert (alarm.prompt, measured(alarm)) == (None, 0.0)


def two_checks(told):
    suite = make_live_suite(told)
    check_live(told, suite)
    keys = suite.checks.order_by("position").values_list("key", flat=True)[:2]
    return [f"check:{key}" for key in keys]
