from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.actors import SYSTEM
from apps.core.clock import database_now
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.environments.queries import environment_for
from apps.evaluations.actions import (
    ScheduleTerms,
    acknowledge_drift,
    change_schedule,
    claim_schedule,
    end_schedule,
    make_schedule,
    pause_schedule,
    resume_schedule,
)
from apps.evaluations.models import DriftAlarm, PlannedRun, SuiteSchedule
from apps.evaluations.queries.drift import drift_of, is_alarming
from apps.evaluations.running.slices import work
from apps.evaluations.subscribers import look_for_drift, plan_what_is_due
from apps.llm.actions import retire_model
from apps.llm.models import ConnectedModel, Connection
from apps.notifications.models import InboxItem, Letter
from apps.prompts.actions import give_prompt
from apps.teams.actions import add_member, create_team, deactivate_person, grant, revoke
from tests.evaluations.running import MODEL, connect_to, make_lab
from tests.evaluations.updating import begin_all
from tests.llm.provided import PRICES, connected_model
from tests.llm.provider import last_text, running
from tests.standing import standing


def make_watched():
    """30 cases, v1 live in development, and a schedule of every night at 3."""
    lab = make_lab()
    lab.more_cases(27)
    lab.put_live(lab.v1)
    return lab


lab = standing(make_watched)


class Moods:
    """A model that knows the word until its mood changes: then only so many cases go well."""

    good = 30

    def __call__(self, body):
        text = last_text(body)
        number = next((int(word) for word in text.split() if word.isdigit()), -3)
        return f"You said: {text}" if number + 3 < self.good else "I do not know."


@pytest.fixture
def moods(lab):
    reply = Moods()
    with running(reply=reply) as provider:
        connect_to(lab, provider.url, **PRICES)
        reply.provider = provider
        yield reply


def schedule_for(lab, **more):
    terms = {
        "prompts": [lab.prompt], "environment": lab.development, "model": MODEL, "hour": 3,
        "zone": "Europe/Vienna",
    }  # fmt: skip
    return make_schedule(lab.suite, terms=ScheduleTerms(**(terms | more)), actor=lab.ana)


def make_due(schedule, ago=dt.timedelta(minutes=1)):
    SuiteSchedule.objects.filter(pk=schedule.pk).update(next_at=database_now() - ago)


def night(schedule):
    """One time of the schedule, as the sweeper and a worker would have it."""
    with transaction.atomic():  # no other change of a schedule is without its entry
        make_due(schedule)
        plan_what_is_due()
    begin_all()
    [planned] = PlannedRun.objects.filter(schedule=schedule).order_by("-pk")[:1]
    if planned.run_id:
        while work(planned.run_id):
            pass
    look_for_drift()
    return planned


def test_schedule_runs_what_is_live_and_says_when_next(lab, moods):
    schedule = schedule_for(lab)

    planned = night(schedule)

    schedule.refresh_from_db()
    assert (planned.run.version, planned.run.requested_by, planned.run.state) == (
        lab.v1, lab.ana, "done",
    )  # fmt: skip
    assert schedule.next_at > database_now() > schedule.last_at
    entry = AuditEntry.objects.get(event="evaluations.run.started", data__run=planned.run_id)
    assert (entry.actor_kind, entry.on_behalf) == ("system", [f"person:{lab.ana.pk}"])


def test_schedule_is_claimed_once_and_catches_up_once(lab, moods):
    schedule = schedule_for(lab)
    make_due(schedule, ago=dt.timedelta(days=9))

    claim_schedule(schedule, actor=SYSTEM)
    with pytest.raises(NotPossible):
        claim_schedule(schedule, actor=SYSTEM)
    plan_what_is_due()

    assert PlannedRun.objects.filter(schedule=schedule).count() == 1


def test_each_time_asks_afresh(lab, moods):
    schedule = schedule_for(lab)

    night(schedule)
    night(schedule)

    assert len(moods.provider.calls) == 60


def test_paused_schedule_waits_and_a_resumed_one_does_not_catch_up(lab):
    schedule = schedule_for(lab, model="galley/demo")
    make_due(schedule)

    pause_schedule(schedule, actor=lab.ana)
    waiting = plan_what_is_due()
    with pytest.raises(NotPossible):
        pause_schedule(schedule, actor=lab.ana)
    resume_schedule(schedule, actor=lab.ana)

    assert (waiting, plan_what_is_due()) == (0, 0)
    end_schedule(schedule, actor=lab.ana)
    with pytest.raises(NotPossible):
        resume_schedule(schedule, actor=lab.ana)


REASONS = {
    "the right is gone": "needs the right",
    "the person left": "is not active any more",
    "the model is retired": "is not connected",
    "nothing is live": "Nothing of Refund reply is live",
}


@pytest.mark.parametrize("what", REASONS)
def test_rights_and_models_are_asked_again_at_each_time(lab, moods, what):
    schedule = schedule_for(lab)
    if what == "the right is gone":
        revoke(lab.house.space, role="author", to=lab.ana, actor=lab.house.admin)
        grant(lab.house.space, role="viewer", to=lab.ana, actor=lab.house.admin)
    elif what == "the person left":
        deactivate_person(lab.ana, reason="Left", actor=lab.house.admin)
    elif what == "the model is retired":
        retire_model(ConnectedModel.objects.get(), reason="", actor=lab.house.admin)
    else:
        schedule = schedule_for(lab, environment=environment_for("staging"))

    planned = night(schedule)

    assert (planned.state, planned.run) == ("refused", None)
    assert REASONS[what] in planned.refusal


def test_schedule_is_refused_with_a_reason(lab, moods):
    with pytest.raises(Invalid) as wrong:
        schedule_for(lab, hour=24, zone="x", every="week", tolerance=2, prompts=[])
    assert set(wrong.value.errors) == {"hour", "zone", "weekday", "tolerance", "prompts"}
    with pytest.raises(NotPossible, match="is not connected"):
        schedule_for(lab, model="nobody/knows")
    connected_model(lab.house.admin, "test/priceless", connection=Connection.objects.get())
    with pytest.raises(Invalid, match="price"):
        schedule_for(lab, model="test/priceless", most_cost=Decimal(1))
    terms = ScheduleTerms([lab.prompt], lab.development, MODEL, 3, "UTC")
    with pytest.raises(NotAllowed):
        make_schedule(lab.suite, terms=terms, actor=lab.house.viewer)
    with pytest.raises(NotVisible):
        make_schedule(lab.suite, terms=terms, actor=lab.house.outsider)

    assert schedule_for(lab, every="week", weekday=0).next_at.weekday() == 0


# --- drift ---------------------------------------------------------------------------------


def test_drift_is_told_to_the_owners_and_to_who_made_the_schedule(lab, moods):
    team = create_team(name="Owners", actor=lab.house.admin)
    add_member(team, person=lab.house.ben, actor=lab.house.admin)
    grant(lab.house.space, role="viewer", to=team, actor=lab.house.admin)
    give_prompt(lab.prompt, owner=team, actor=lab.house.admin)
    schedule = schedule_for(lab)
    night(schedule)
    moods.good = 20

    night(schedule)
    run_all()

    alarm = DriftAlarm.objects.get()
    assert (alarm.before, round(alarm.after, 2), alarm.cases) == (1.0, 0.67, 30)
    assert alarm.high < -0.05
    items = InboxItem.objects.filter(event="evaluations.drift.found")
    told = User.objects.filter(inbox__in=items)
    assert set(told) == {lab.ana, lab.house.ben}
    letters = Letter.objects.filter(items__in=items)
    assert {(one.person, one.kind) for one in letters} == {
        (lab.ana, "now"), (lab.house.ben, "now"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("good", "fault", "alarms"),
    [(20, "", 1), (29, "", 0), (30, "", 0), (30, "400", 0)],
    ids=["drift", "one case", "none", "could not run"],
)
def test_alarm_only_where_the_whole_interval_lies_below_the_tolerance(
    lab, moods, good, fault, alarms
):
    schedule = schedule_for(lab)
    night(schedule)
    moods.good, moods.provider.fault = good, fault

    night(schedule)

    assert DriftAlarm.objects.count() == alarms


def test_improvement_is_no_drift_and_slow_loss_is(lab, moods):
    """Each night is compared with the first: a little less every night is told, too."""
    schedule = schedule_for(lab, tolerance=0.02)
    moods.good = 27
    night(schedule)
    found = []

    for good in (30, 25, 22, 19):
        moods.good = good
        night(schedule)
        found.append(DriftAlarm.objects.count())

    assert found == [0, 0, 1, 1]


def test_open_alarm_is_not_repeated_and_the_acknowledged_level_is_the_new_one(lab, moods):
    schedule = schedule_for(lab)
    night(schedule)
    moods.good = 20
    night(schedule)
    night(schedule)
    [alarm] = DriftAlarm.objects.all()
    with pytest.raises(NotAllowed):
        acknowledge_drift(alarm, actor=lab.house.viewer)

    acknowledge_drift(alarm, note="The provider changed it", actor=lab.house.ben)
    with pytest.raises(NotPossible):
        acknowledge_drift(alarm, actor=lab.ana)
    night(schedule)
    same = DriftAlarm.objects.count()
    moods.good = 5
    night(schedule)

    assert (same, DriftAlarm.objects.count()) == (1, 2)
    assert DriftAlarm.objects.first().earlier == alarm.run


def test_another_version_is_not_compared(lab, moods):
    schedule = schedule_for(lab)
    night(schedule)
    lab.put_live(lab.version("Be short:"))
    moods.good = 10

    planned = night(schedule)

    assert (drift_of(planned), is_alarming(None, 0.05)) == (None, False)
    assert DriftAlarm.objects.count() == 0


def test_repeats_count_by_their_share(lab, moods):
    schedule = schedule_for(lab, repeats=2)

    night(schedule)
    moods.good = 20
    planned = night(schedule)

    assert planned.run.results.count() == 60
    assert DriftAlarm.objects.get().cases == 30


# --- pages ---------------------------------------------------------------------------------


def test_pages_make_pause_and_acknowledge(lab, moods, signed_in):
    page = signed_in(lab.ana)
    address = f"/tests/{lab.suite.pk}/schedule/"
    data = {
        "environment": "development", "prompts": lab.prompt.path, "model": MODEL, "every": "week",
        "weekday": "0", "hour": "4", "repeats": "1", "tolerance": "5", "most_cost": "0.5",
    }  # fmt: skip

    empty = page.get(address).content.decode()
    wrong = page.post(address, {**data, "hour": "24", "weekday": ""})
    made = page.post(address, data)
    schedule = SuiteSchedule.objects.get()
    night(schedule)
    moods.good = 20
    night(schedule)
    suite = page.get(f"/tests/{lab.suite.pk}/").content.decode()
    tab = page.get(reverse("pages:prompt_tests", args=[lab.prompt.path]))

    assert "Refund reply" in empty
    assert (wrong.status_code, made.status_code) == (422, 302)
    assert 'value="24"' in wrong.content.decode()
    assert (schedule.most_cost, schedule.tolerance) == (Decimal("0.5"), 0.05)
    assert "Every Monday at 04:00" in suite and "Refund reply v1" in suite
    assert "where it passed 100 %" in suite
    assert tab.status_code == 200 and "where it passed 100 %" in tab.content.decode()


# --- changed ------------------------------------------------------------------------------------


def terms_of(lab, **more):
    terms = {
        "prompts": [lab.prompt], "environment": lab.development, "model": MODEL, "hour": 22,
        "zone": "Europe/Vienna", "tolerance": 0.1, "repeats": 2,
    }  # fmt: skip
    return ScheduleTerms(**(terms | more))


def test_changed_schedule_runs_otherwise_on_behalf_of_who_changed_it(lab, moods):
    schedule = schedule_for(lab)

    change_schedule(schedule, terms=terms_of(lab, every="week", weekday=0), actor=lab.house.ben)

    schedule.refresh_from_db()
    entry = AuditEntry.objects.get(event="evaluations.schedule.changed")
    assert (schedule.hour, schedule.weekday, schedule.repeats, schedule.made_by) == (
        22, 0, 2, lab.house.ben,
    )  # fmt: skip
    assert (schedule.next_at.astimezone(dt.UTC).weekday(), schedule.state) == (0, "active")
    assert (entry.before["hour"], entry.after["hour"]) == (3, 22)
    assert entry.after["prompts"] == [lab.prompt.pk]
    assert schedule.history.count() == 2
    assert night(schedule).run.requested_by == lab.house.ben


def test_change_of_a_schedule_asks_for_the_rights_and_terms_of_a_new_one(lab, moods):
    schedule = schedule_for(lab)
    space = lab.prompt.namespace

    with pytest.raises(NotAllowed):
        change_schedule(schedule, terms=terms_of(lab), actor=lab.house.viewer)
    with pytest.raises(Invalid):
        change_schedule(schedule, terms=terms_of(lab, hour=24), actor=lab.house.ben)
    with pytest.raises(NotPossible):
        change_schedule(schedule, terms=terms_of(lab, model="acme/none"), actor=lab.house.ben)

    assert SuiteSchedule.objects.get().hour == 3
    assert change_schedule(schedule, terms=terms_of(lab), actor=lab.house.ben).hour == 22
    assert schedule.namespace == space


def test_ended_schedule_is_not_changed(lab, moods):
    schedule = schedule_for(lab)
    end_schedule(schedule, actor=lab.ana)

    with pytest.raises(NotPossible) as refused:
        change_schedule(schedule, terms=terms_of(lab), actor=lab.ana)

    assert "Make another one" in refused.value.verdict.sentence


@pytest.mark.parametrize("column", ["hour", "environment_id"])
def test_database_wants_an_entry_of_a_change_and_keeps_the_place(lab, moods, column):
    schedule = schedule_for(lab)
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    change_schedule(schedule, terms=terms_of(lab), actor=lab.ana)

    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        SuiteSchedule.objects.filter(pk=schedule.pk).update(**{column: 999})


def test_another_model_is_compared_with_its_own_first_run(lab, moods):
    """Else its runs would be put beside those of the model before, and no loss be found."""
    schedule = schedule_for(lab)
    first = night(schedule)
    line = Connection.objects.get()
    model = connected_model(lab.house.admin, "test/other", connection=line, **PRICES)
    other = terms_of(lab, model=model.name, repeats=1)
    change_schedule(schedule, terms=other, actor=lab.ana)

    second, third = night(schedule), night(schedule)

    assert drift_of(second) is None
    assert drift_of(third).earlier == second.run != first.run


def test_page_changes_a_schedule_and_keeps_what_was_typed(lab, moods, signed_in):
    schedule = schedule_for(lab)
    page, address = signed_in(lab.ana), reverse("evaluations:change_schedule", args=[schedule.pk])
    given = {
        "prompts": lab.prompt.path, "model": MODEL, "every": "day", "hour": 7, "repeats": 1,
        "tolerance": 5,
    }  # fmt: skip

    shown = page.get(address).content.decode()
    refused = page.post(address, {**given, "hour": 77})
    page.post(address, given)

    assert 'value="3"' in shown
    assert 'name="environment"' not in shown
    assert (refused.status_code, 'value="77"' in refused.content.decode()) == (422, True)
    assert SuiteSchedule.objects.get().hour == 7
    suite = page.get(reverse("evaluations:suite", args=[lab.suite.pk])).content.decode()
    assert address in suite
