"""T7: a planned release asks everything again at its time. For each cause: plan, then the cause,
then the time comes: refused and written down; without the cause it goes live. R9: the database's
clock alone says when."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.audit.trail import record
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.environments.actions import override_rule
from apps.environments.freezes import Freeze
from apps.environments.models import Rule
from apps.environments.queries import rule_for, terms_of
from apps.notifications.models import InboxItem
from apps.prompts.actions import archive_prompt
from apps.releases import gates as gates_module
from apps.releases.actions import run_schedule, schedule_release, withdraw_schedule
from apps.releases.actions import schedules as actions_module
from apps.releases.events import SCHEDULED
from apps.releases.gates import Gate
from apps.releases.models import Schedule
from apps.releases.queries import schedules as schedules_module
from apps.teams.actions import deactivate_person, grant, revoke
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import make_world, move_back, standing
from tests.standing import part_of_stood
from tests.standing import standing as stands

SOON = dt.timedelta(hours=1)


def make_it():
    """v1 and v2 were live in production; v3 is approved for it."""
    world = make_world()
    found = world.prompt()
    for number in (1, 2):
        world.put_live(found, world.version(found, f"Words {number}"), "production")
    world.approved(found, world.version(found, "Words 3"), "production")
    return world, found


stood = stands(make_it)
world, prompt = part_of_stood(0), part_of_stood(1)


def plan(world, prompt, by="releaser", in_=SOON, number=3, place="production"):
    live = prompt.releases.filter(environment__name=place).order_by("-pk").first()
    return schedule_release(
        prompt, version=prompt.versions.get(number=number), environment=world.places[place],
        expects=live.pk if live else None, at=timezone.now() + in_, reason="Monday",
        actor=world[by],
    )  # fmt: skip


@pytest.fixture
def clock(monkeypatch):
    """The database's clock as the releases ask it: `clock(hours=2)` lets time go by."""
    gone = dt.timedelta()
    real = schedules_module.database_now

    def later(**time):
        nonlocal gone
        gone += dt.timedelta(**time)

    def now():
        return real() + gone

    monkeypatch.setattr(schedules_module, "database_now", now)
    monkeypatch.setattr(actions_module, "database_now", now)
    return later


def nothing(world, prompt, schedule):
    pass


def switched_off(world, prompt, schedule):
    deactivate_person(world["releaser"], actor=world.admin)


def lost_role(world, prompt, schedule):
    revoke(world.desk, role="releaser", to=world["releaser"], actor=world.admin)


def tightened(world, prompt, schedule):
    Rule.objects.filter(environment=world.places["production"]).update(approvals=2)


def approver_left(world, prompt, schedule):
    deactivate_person(world["reviewer"], actor=world.admin)


def moved_meanwhile(world, prompt, schedule):
    move_back(world, prompt)


def archived(world, prompt, schedule):
    archive_prompt(prompt, reason="Old", still_live=True, actor=world.admin)


CAUSES = [
    (nothing, ""),
    (switched_off, "Releaser, who planned this, may not"),
    (lost_role, "Releaser, who planned this, may not"),
    (tightened, "One approval is missing."),
    (approver_left, "One approval is missing."),
    (moved_meanwhile, "Releaser made v1 live in Production meanwhile."),
    (archived, "This prompt is archived."),
]


@pytest.mark.parametrize(
    ("cause", "sentence"), CAUSES, ids=lambda one: getattr(one, "__name__", "")
)
def test_t07_planned_release_asks_everything_again(world, prompt, clock, cause, sentence):
    schedule = plan(world, prompt)
    cause(world, prompt, schedule)
    before = standing()
    clock(hours=2)

    run_all()

    schedule.refresh_from_db()
    entry = AuditEntry.objects.order_by("-seq")[0]
    if not sentence:
        assert (schedule.state, world.live(prompt, "production")) == ("done", 3)
        assert schedule.release.how == "schedule"
        assert (entry.event, entry.actor_kind, entry.data["how"]) == (
            "releases.release.made", "system", "schedule",
        )  # fmt: skip
        assert entry.on_behalf == [f"person:{world['releaser'].pk}"]
        return
    assert schedule.state == "refused"
    assert schedule.refusal.startswith(sentence)
    assert (entry.event, entry.reason) == ("releases.schedule.refused", schedule.refusal)
    assert standing().pointers == before.pointers
    run_all()
    assert AuditEntry.objects.order_by("-seq")[0].pk == entry.pk


def test_t07_whoever_planned_it_is_told(world, prompt, clock):
    plan(world, prompt)
    tightened(world, prompt, None)
    clock(hours=2)

    run_all()
    run_all()

    item = InboxItem.objects.get(event="releases.schedule.refused")
    assert (item.person, item.needs_action) == (world["releaser"], True)


@pytest.mark.parametrize(("gone", "state"), [(0, "waiting"), (2, "done"), (30, "refused")])
def test_r09_the_database_says_when(world, prompt, clock, monkeypatch, gone, state):
    """However wrong the clock of the process is: a plan neither comes early nor after a day."""
    schedule = plan(world, prompt)
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2040, 1, 1, tzinfo=dt.UTC))
    clock(hours=gone)

    run_all()

    schedule.refresh_from_db()
    assert schedule.state == state


def test_planned_release_goes_to_the_places_on_the_way(world, clock):
    prompt = world.prompt("fresh")
    version = world.version(prompt, "One")
    world.approved(prompt, version, "production")
    plan(world, prompt, number=1)
    clock(hours=2)

    run_all()

    assert [world.live(prompt, place) for place in ("staging", "production")] == [1, 1]


@pytest.mark.parametrize(("by", "error"), [("releaser", None), ("author", NotAllowed)])
def test_t01_plan_needs_the_right_of_a_release(world, prompt, by, error):
    if error is None:
        assert plan(world, prompt, by=by).state == "waiting"
        return
    with pytest.raises(error):
        plan(world, prompt, by=by)
    assert Schedule.objects.count() == 0


@pytest.mark.parametrize(
    ("in_", "sentence"),
    [
        (SOON, ""),
        (-SOON, "This time is over. Choose one that is still to come, or release it now."),
        (dt.timedelta(days=800), "Choose a time within the next year."),
    ],
)
def test_plan_is_for_a_time_to_come(world, prompt, in_, sentence):
    if not sentence:
        assert plan(world, prompt, in_=in_).state == "waiting"
        return
    with pytest.raises(Invalid) as refused:
        plan(world, prompt, in_=in_)
    assert refused.value.errors == {"at": [sentence]}


def test_plan_needs_open_gates_and_an_empty_place(world, prompt, monkeypatch):
    plan(world, prompt)
    with pytest.raises(NotPossible) as again:
        plan(world, prompt)
    withdraw_schedule(Schedule.objects.get(), actor=world["releaser"])
    closed = Gate("suite", False, "Two cases fail")
    monkeypatch.setattr(gates_module, "_extra", [lambda version, place: closed])
    with pytest.raises(NotPossible) as frozen:
        plan(world, prompt)

    assert (again.value.code, frozen.value.code) == ("planned_already", "gate_closed")


@pytest.mark.parametrize(("in_", "taken"), [(3, False), (30, True)])
def test_plan_is_not_for_a_time_that_is_frozen(world, prompt, monkeypatch, in_, taken):
    """What is frozen now does not count, where the time itself is free."""
    at = timezone.now().replace(microsecond=0)
    ends = [f"{at + dt.timedelta(hours=hours):%Y-%m-%dT%H:%M}" for hours in (-1, 5)]
    freeze = Freeze("once", "Big day", "UTC", *ends)
    place = world.places["production"]
    terms = replace(terms_of(rule_for(place, world.desk)), freezes=frozenset({freeze}))
    override_rule(place, namespace=world.desk, terms=terms, reason="Big day", actor=world.admin)
    closed = Gate("freeze", False, "Production is frozen")
    monkeypatch.setattr(
        gates_module, "_extra", [lambda version, here: closed if here == place else None]
    )

    if taken:
        assert plan(world, prompt, in_=dt.timedelta(hours=in_)).state == "waiting"
        return
    with pytest.raises(Invalid) as refused:
        plan(world, prompt, in_=dt.timedelta(hours=in_))
    assert refused.value.errors["at"][0].startswith("Nothing is released then (“Big day”).")


def test_withdrawn_plan_does_not_happen(world, prompt, clock):
    schedule = plan(world, prompt)
    grant(world.desk, role="releaser", to=world["author2"], actor=world.admin)
    with pytest.raises(NotAllowed):
        withdraw_schedule(schedule, actor=world["author"])
    withdraw_schedule(schedule, reason="Later", actor=world["author2"])
    clock(hours=2)

    run_all()

    assert world.live(prompt, "production") == 2
    with pytest.raises(NotPossible):
        withdraw_schedule(schedule, actor=world["releaser"])


@pytest.mark.parametrize("who", ["releaser", None])
def test_only_the_system_carries_a_plan_out(world, prompt, clock, who):
    schedule = plan(world, prompt)
    clock(hours=2)

    if who is None:
        assert run_schedule(schedule).version.number == 3
        return
    with pytest.raises(NotAllowed):
        run_schedule(schedule, actor=world[who])


class TestDatabase:
    def said(self, world, prompt, **fields):
        schedule = Schedule.objects.get()
        try:
            with transaction.atomic():
                Schedule.objects.filter(pk=schedule.pk).update(**fields)
                record(SCHEDULED, actor=world["releaser"], target=prompt)
        except DatabaseError as error:
            return str(error).splitlines()[0]
        return ""

    def test_a_plan_stays_what_it_was_made_for(self, world, prompt):
        plan(world, prompt)
        stays = "a plan stays what it was made for"

        assert self.said(world, prompt, at=timezone.now()) == stays
        assert self.said(world, prompt, version=prompt.versions.get(number=1)) == stays
        assert self.said(world, prompt, made_by=world["author"]) == stays
        assert self.said(world, prompt, state="withdrawn") == ""
        assert self.said(world, prompt, state="waiting") == stays


class TestPages:
    def fields(self, prompt, **more):
        live = prompt.releases.filter(environment__name="production").order_by("-pk").first()
        return {"version": 3, "environment": "production", "expects": live.pk} | more

    def test_time_is_read_in_the_zone_of_the_person(self, world, prompt):
        releaser = world["releaser"]
        releaser.time_zone = "Asia/Tokyo"
        releaser.save(update_fields=["time_zone"])
        year = timezone.now().year + 1
        address = reverse("releases:schedule_release", args=[prompt.path])

        answer = signed_in(world, "releaser").post(
            address, self.fields(prompt, at=f"{year}-01-05T09:00"), follow=True
        )

        assert answer.redirect_chain[0][1] == 302
        assert "v3 goes to Production on 5 January, 09:00, if" in answer.content.decode()
        assert Schedule.objects.get().at == dt.datetime(year, 1, 5, 0, 0, tzinfo=dt.UTC)

    def test_note_begins_with_the_reason_of_the_version(self, world, prompt):
        address = reverse("releases:schedule_release", args=[prompt.path])

        shown = signed_in(world, "releaser").get(
            address, {"version": 3, "environment": "production"}
        )

        assert shown.context["form"].initial["reason"] == "Says Words 3"

    @pytest.mark.parametrize("at", ["2020-01-01T10:00", "soon", ""])
    def test_a_bad_time_keeps_what_was_typed(self, world, prompt, at):
        address = reverse("releases:schedule_release", args=[prompt.path])

        answer = signed_in(world, "releaser").post(
            address, self.fields(prompt, at=at, reason="My reason")
        )

        assert answer.status_code == 422
        assert "My reason" in answer.content.decode()

    def test_plan_is_shown_and_withdrawn(self, world, prompt):
        schedule = plan(world, prompt)
        client = signed_in(world, "releaser")
        releases = reverse("pages:prompt_releases", args=[prompt.path])
        withdraw = reverse("releases:withdraw_schedule", args=[schedule.pk])

        page, board = (client.get(a).content.decode() for a in (releases, reverse("pages:board")))
        answer = client.post(withdraw, {"reason": "Later"})

        assert f'href="{withdraw}"' in page
        assert "v3 goes to Production on" in page and "v3 goes to Production on" in board
        assert (answer.status_code, Schedule.objects.get().state) == (302, "withdrawn")
