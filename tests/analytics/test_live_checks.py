"""Live answers are judged by the checks of a suite; what they say counts where the call does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction

from apps.analytics.actions import (
    forget_looks,
    pause_live_check,
    resume_live_check,
    take_live,
)
from apps.analytics.looking import look
from apps.analytics.models import LiveCheck, LiveLook, LiveWork
from apps.analytics.periods import last_hours
from apps.analytics.queries.figures import checked, feedback, liked_total
from apps.analytics.queries.live_checks import check_words, due, unlooked
from apps.analytics.scopes import Liked, Scope
from apps.analytics.watching import drain
from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.delivery.checked import EVERY, name_of
from apps.delivery.models import FeedbackEvent
from apps.evaluations.actions import add_check, archive_suite, make_suite
from apps.llm.actions import set_budget
from apps.llm.budget_queries import month_for
from apps.teams.actions import add_member, create_team
from tests.analytics.live import NOW, check_live, keep_answers, make_live_suite
from tests.llm.provided import connect, connected_model
from tests.llm.provider import running

MODEL = "test/model"


@pytest.fixture
def suite(told):
    return make_live_suite(told)


def answered(told, *texts, **more):
    for text in texts:
        told.tell(NOW, variables={"message": "Hi"}, output=text, **more)


def scope(told):
    return Scope((told.prompt.pk,), last_hours(24, dt.datetime.now(dt.UTC)))


def names(suite):
    keys = suite.checks.order_by("position").values_list("key", flat=True)
    return [name_of(str(key)) for key in keys]


def said(**more):
    rows = FeedbackEvent.objects.filter(name__startswith="check:", **more)
    return sorted(rows.values_list("name", "value"))


def test_answers_are_judged_once_and_count_beside_their_version(told, suite):
    live = check_live(told, suite)
    answered(told, "Your refund comes.", "A refund comes some day.", version_id=told.versions[1].pk)
    answered(told, "No.")
    told.tell(NOW, 3)  # nothing is kept of these
    told.tell(NOW, variables={"message": "x"}, output="No answer", status="error")

    look(live.pk)
    look(live.pk)
    drain()

    short, refund, expected = names(suite)
    by_version = checked(scope(told), "version", "name")
    v1, v2 = (version.pk for version in told.versions)
    assert by_version == {
        (v1, short): Liked(1, 1), (v1, refund): Liked(1, 0), (v1, EVERY): Liked(1, 0),
        (v2, short): Liked(2, 1), (v2, refund): Liked(2, 2), (v2, EVERY): Liked(2, 1),
    }  # fmt: skip
    assert LiveLook.objects.count() == 3
    assert not FeedbackEvent.objects.filter(name=expected).exists()


def test_checks_are_no_satisfaction_and_no_feedback_of_people(told, suite):
    live = check_live(told, suite)
    answered(told, "No.", "No.", "No.")
    told.rate(NOW, 1)

    look(live.pk)
    drain()

    assert liked_total(scope(told)) == Liked(1, 1)
    assert [row["name"] for row in feedback(scope(told))] == ["thumbs"]
    assert checked(scope(told)) == {(): Liked(9, 3)}


def test_a_verdict_lies_on_its_call_with_arm_unit_and_reason(told, suite):
    keep_answers(told)
    live = check_live(told, suite)
    unit = b"u" * 16
    answered(told, "Write to ana.moreno@alder.bank", arm="b", split_id="s1", unit_hash=unit)

    look(live.pk)

    found = FeedbackEvent.objects.get(name=names(suite)[1])
    assert (found.arm, found.split_id, bytes(found.unit_hash)) == ("b", "s1", unit)
    assert (found.started_at, found.version, found.kind) == (NOW, told.versions[0], "yes_no")
    assert found.comment == "Lacks “refund”."


def test_what_could_not_be_judged_says_nothing(told):
    suite = make_suite(told.world.desk, name="Judged", actor=told.world["author"])
    question = {"question": "Is it polite?", "model": MODEL}
    add_check(suite, kind="judge_question", settings=question, actor=told.world["author"])
    add_check(suite, kind="word_count", settings={"most": 3}, actor=told.world["author"])
    with running(reply=lambda _body: "what?") as provider:
        line = connect(told.world.admin, base_url=provider.url, allow_private=True)
        connected_model(told.world.admin, MODEL, connection=line, remote_name="m")
        live = check_live(told, suite)
        answered(told, "Gladly.")
        look(live.pk)
        look(live.pk)

    polite, short = names(suite)
    assert said() == [(short, 1.0)]
    [row] = LiveLook.objects.all()
    assert set(row.unsaid) == {polite, EVERY}
    assert row.unsaid[polite].startswith("The judge's reply cannot be read")
    assert len(provider.calls) == 1


def test_the_judge_is_paid_and_waits_in_words_when_the_budget_is_used_up(told):
    admin = told.world.admin
    team = create_team(name="Payers", actor=admin)
    add_member(team, person=told.world["author"], actor=admin)
    suite = make_suite(told.world.desk, name="Judged", actor=told.world["author"])
    question = {"question": "Is it polite?"}
    add_check(suite, kind="judge_question", settings=question, actor=told.world["author"])
    reply = '{"reply": "yes", "evidence": "Gladly", "reason": "Kind."}'
    with running(reply=lambda _body: reply) as provider:
        line = connect(admin, base_url=provider.url, allow_private=True)
        prices = {"input_price": Decimal(100), "output_price": Decimal(100)}
        connected_model(admin, MODEL, connection=line, remote_name="m", **prices)
        live = check_live(told, suite, judge=MODEL)
        answered(told, "Gladly.")
        set_budget(team, month_limit=Decimal("0.01"), actor=admin)
        look(live.pk)
        poor = (len(provider.calls), LiveWork.objects.get().held, due())
        set_budget(team, month_limit=Decimal(5), actor=admin)
        look(live.pk)

    assert poor[0] == 0
    assert poor[1].startswith("The team Payers has 1.0\u00a0¢ of 1.0\u00a0¢ left this month")
    assert poor[2] == []  # and is looked at again in ten minutes
    assert (len(provider.calls), LiveWork.objects.get().held) == (1, "")
    assert month_for(team).spent == LiveLook.objects.get().cost > 0


def test_no_more_than_so_many_a_day_and_the_same_share_for_ever(told, suite):
    live = check_live(told, suite, share=30, most_a_day=100)
    told.tell(NOW, 200, output="No.")
    first = {call.ident for call in unlooked(live, 500)}
    check_live(told, suite, share=60, most_a_day=500)
    live.refresh_from_db()
    more = {call.ident for call in unlooked(live, 500)}

    assert 30 <= len(first) <= 90  # 60 of 200, within 5 standard errors
    assert first < more

    check_live(told, suite, share=100, most_a_day=5)
    look(live.pk)
    assert (LiveLook.objects.count(), unlooked(LiveCheck.objects.get(), 500)) == (5, [])


def test_two_workers_never_judge_the_same_and_a_dead_one_holds_for_a_while(told, suite):
    live = check_live(told, suite)
    answered(told, "No.")

    first, second = take_live(live.pk), take_live(live.pk)
    busy = (look(live.pk), LiveLook.objects.count(), due())
    LiveWork.objects.update(busy_until=NOW, tried_at=NOW)
    freed = due()
    look(live.pk)

    assert (first, second) == (live, None)
    assert busy == (False, 0, [])
    assert freed == [live.pk]
    assert LiveLook.objects.count() == 1


def test_a_paused_setting_judges_nothing_until_it_goes_on(told, suite):
    live = check_live(told, suite)
    answered(told, "No.")

    pause_live_check(live, actor=told.world["author"])
    look(live.pk)
    paused = (LiveLook.objects.count(), due())
    resume_live_check(live, actor=told.world["author"])
    look(live.pk)

    assert paused == (0, [])
    assert LiveLook.objects.count() == 1
    events = AuditEntry.objects.filter(event__startswith="analytics.live_check").order_by("seq")
    assert [entry.event.rpartition(".")[2] for entry in events] == ["set", "paused", "resumed"]


def test_a_suite_that_went_is_said_and_nothing_is_judged(told, suite):
    live = check_live(told, suite)
    answered(told, "No.")
    archive_suite(suite, actor=told.world["author"])

    look(live.pk)

    assert LiveWork.objects.get().held.startswith("“Live basics” is archived.")
    assert LiveLook.objects.count() == 0


def test_words_of_what_could_not_run_go_with_the_answer(told, suite):
    keep_answers(told, keep_days=2)
    live = check_live(told, suite)
    today = dt.datetime.now(dt.UTC).date()
    for back in (1, 3, 95):
        LiveLook.objects.create(
            live=live, ident=f"c-{back}", day=today - dt.timedelta(back), unsaid={EVERY: "quote"}
        )

    forget_looks()

    assert list(LiveLook.objects.order_by("-day").values_list("ident", "unsaid")) == [
        ("c-1", {EVERY: "quote"}), ("c-3", {}),
    ]  # fmt: skip


def test_whoever_edits_the_prompt_sets_it_and_nobody_else(told, suite):
    with pytest.raises(NotAllowed):
        check_live(told, suite, by="viewer")
    with pytest.raises(NotAllowed):
        check_live(told, suite, by="reviewer")
    with pytest.raises(NotVisible):
        check_live(told, suite, by="outsider")
    live = check_live(told, suite)

    with pytest.raises(NotAllowed):
        pause_live_check(live, actor=told.world["viewer"])
    with pytest.raises(NotPossible, match="This was done already"):
        resume_live_check(live, actor=told.world["author"])
    assert LiveCheck.objects.get().set_by == told.world["author"]


def test_what_cannot_be_judged_live_is_refused_with_a_reason(told, suite):
    of_cases = make_suite(told.world.desk, name="Of cases", actor=told.world["author"])
    add_check(of_cases, kind="equals", settings={}, actor=told.world["author"])

    with pytest.raises(NotPossible, match="needs an expected answer or a person"):
        check_live(told, of_cases)
    with pytest.raises(NotPossible, match="is not connected"):
        check_live(told, suite, judge="no/model")
    with pytest.raises(Invalid) as refused:
        check_live(told, suite, share=0, most_a_day=10_001)

    assert list(refused.value.errors) == ["share", "most_a_day"]
    assert check_live(told, suite).share == 100


def test_the_columnar_engine_is_said(told, suite, settings):
    settings.GALLEY_CALLS_ENGINE = "columnar"

    with pytest.raises(NotPossible, match="columnar engine"):
        check_live(told, suite)


def test_no_setting_changes_without_an_entry_and_none_is_deleted(told, suite):
    live = check_live(told, suite)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        live.delete()
    assert LiveCheck.objects.filter(pk=live.pk).exists()


def test_checks_have_words_also_when_they_are_gone(told, suite):
    wanted = [*names(suite)[:1], EVERY, "check:nonsense"]

    assert check_words(wanted) == {
        wanted[0]: "Has at most 3 words",
        EVERY: "Every check",
        "check:nonsense": "a check that is gone",
    }
