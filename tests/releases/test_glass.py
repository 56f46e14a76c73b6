"""Breaking the glass: without the gates, never without a trace."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.audit.trail import record
from apps.core.clock import database_now
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.core.middleware import SIGNED_IN_AT
from apps.core.origin import coming_from
from apps.environments.models import Release
from apps.environments.queries import live_release
from apps.notifications.models import InboxItem, Letter
from apps.prompts.actions import archive_prompt, give_prompt
from apps.releases.actions import break_glass, close_follow_up, tell_overdue
from apps.releases.events import FOLLOW_UP_OVERDUE, GLASS_BROKEN
from apps.releases.models import FollowUp
from apps.releases.queries import follow_ups as follow_ups_module
from apps.releases.queries.follow_ups import open_follow_ups, overdue_untold
from apps.teams.actions import add_member, create_team, grant
from tests.releases.test_guards import Scene, go_live
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import make_world, standing
from tests.standing import part_of_stood
from tests.standing import standing as stands

REASON = "It insults customers right now."


def make_it():
    """v1 is live in production; nobody approved v2. The releaser may break the glass."""
    world = make_world()
    found = world.prompt()
    world.put_live(found, world.version(found, "First"), "production")
    world.version(found, "Second")
    grant(world.desk, capabilities=["break_glass"], to=world["releaser"], actor=world.admin)
    return world, found


stood = stands(make_it)
world, prompt = part_of_stood(0), part_of_stood(1)


def shatter(world, prompt, by="releaser", reason=REASON, ago=5.0, number=2, **more):
    live = live_release(prompt, world.places["production"])
    with coming_from("web", confirmed_at=lambda: time.time() - ago):
        return break_glass(
            prompt, version=prompt.versions.get(number=number),
            environment=world.places["production"], reason=reason, actor=world[by],
            **{"expects": live.pk} | more,
        )  # fmt: skip


def test_broken_glass_is_live_with_its_mark_and_its_follow_up(world, prompt):
    release = shatter(world, prompt)

    entry = AuditEntry.objects.order_by("-seq")[0]
    left = release.follow_up.due_at - timezone.now()
    assert (world.live(prompt, "production"), release.how) == (2, "break_glass")
    assert world.live(prompt, "staging") == 1
    assert dt.timedelta(hours=71) < left <= dt.timedelta(hours=72)
    assert (entry.event, entry.data["how"], entry.data["gates"]) == (
        "releases.release.glass_broken", "break_glass", ["approvals", "order"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("case", "error", "code"),
    [
        ({}, None, ""),
        ({"by": "author"}, NotAllowed, "missing_right"),
        ({"by": "admin"}, NotAllowed, "missing_right"),
        ({"ago": 601.0}, NotPossible, "confirm_first"),
        ({"expects": None}, NotPossible, "stale_release"),
        ({"number": 1}, NotPossible, "already_live"),
        ({"reason": "Too short a reason."}, Invalid, ""),
        ({"reason": f"   {'x' * 19}      "}, Invalid, ""),
    ],
)
def test_glass_is_broken_only_so(world, prompt, case, error, code):
    before = standing()

    if error is None:
        shatter(world, prompt, **case)
        assert standing().releases == before.releases + 1
        return
    with pytest.raises(error) as refused:
        shatter(world, prompt, **case)
    after = standing()
    assert (after.pointers, after.releases, after.done) == (
        before.pointers, before.releases, before.done,
    )  # fmt: skip
    assert after.denied - before.denied == int(error is not Invalid)
    assert getattr(refused.value, "code", "") == code


def test_glass_of_an_archived_prompt_stays_whole(world, prompt):
    archive_prompt(prompt, reason="Old", still_live=True, actor=world.admin)

    with pytest.raises(NotPossible) as refused:
        shatter(world, prompt)

    assert refused.value.code == "archived"


def test_no_sign_in_no_broken_glass(world, prompt):
    """A command or a task has no person in front of it."""
    live = live_release(prompt, world.places["production"])

    with pytest.raises(NotPossible) as refused:
        break_glass(
            prompt, version=prompt.versions.get(number=2), environment=world.places["production"],
            expects=live.pk, reason=REASON, actor=world["releaser"],
        )  # fmt: skip

    assert refused.value.code == "confirm_first"


def test_owners_and_admins_are_alarmed_at_once(world, prompt):
    shatter(world, prompt)

    run_all()

    items = InboxItem.objects.filter(event="releases.release.glass_broken", needs_action=True)
    told = {item.person.name for item in items}
    assert told == {"Admin", "Reviewer", "Reviewer2"}
    assert Letter.objects.filter(kind="now", person__name="Admin").exists()


def test_follow_up_is_closed_by_somebody_else_with_words(world, prompt):
    grant(world.desk, role="reviewer", to=world["releaser"], actor=world.admin)
    follow_up = shatter(world, prompt).follow_up

    with pytest.raises(NotAllowed) as own:
        close_follow_up(follow_up, words="Fine", actor=world["releaser"])
    with pytest.raises(NotAllowed) as other:
        close_follow_up(follow_up, words="Fine", actor=world["author"])
    with pytest.raises(Invalid):
        close_follow_up(follow_up, words="  ", actor=world["reviewer"])
    closed = close_follow_up(follow_up, words="It was right.", actor=world["reviewer"])
    with pytest.raises(NotPossible):
        close_follow_up(follow_up, words="Again", actor=world["admin"])

    entry = AuditEntry.objects.filter(outcome="done").order_by("-seq")[0]
    assert (own.value.code, other.value.code) == ("own_glass", "missing_right")
    assert (closed.state, closed.closed_by) == ("closed", world["reviewer"])
    assert (entry.event, entry.reason) == ("releases.follow_up.closed", "It was right.")
    assert Release.objects.get(pk=closed.release_id).how == "break_glass"


def test_who_broke_the_glass_is_sent_to_nobody_for_a_right(world, prompt):
    follow_up = shatter(world, prompt).follow_up

    with pytest.raises(NotAllowed) as own:
        close_follow_up(follow_up, words="Fine", actor=world["releaser"])

    assert own.value.code == "own_glass"
    may = {
        name: [one.may for one in open_follow_ups(world[name])] for name in ("releaser", "author")
    }
    assert may == {"releaser": [False], "author": [False]}
    assert [one.may for one in open_follow_ups(world["reviewer"])] == [True]
    page = signed_in(world, "releaser").get("/releases/").content.decode()
    assert "broke the glass" in page and "Look at it" not in page


def told(person):
    rows = InboxItem.objects.filter(person=person, event=FOLLOW_UP_OVERDUE)
    return list(rows.values_list("needs_action", flat=True))


@pytest.fixture
def owned(world, prompt):
    """The team of author2 owns it."""
    team = create_team(name="Owners", actor=world.admin)
    add_member(team, person=world["author2"], actor=world.admin)
    give_prompt(prompt, owner=team, reason="Theirs", actor=world.admin)
    return prompt


def later(monkeypatch, **more):
    now = database_now() + dt.timedelta(**more)
    for module in ("queries.follow_ups", "actions.glass"):
        monkeypatch.setattr(f"apps.releases.{module}.database_now", lambda: now)


def test_owners_and_admins_are_told_once_when_it_is_overdue(world, owned, monkeypatch):
    shatter(world, owned)
    run_all()
    later(monkeypatch, hours=71)
    run_all()
    before = told(world.admin)

    later(monkeypatch, hours=73)
    for _again in range(3):
        run_all()

    assert before == []
    assert told(world.admin) == [True]
    assert told(world["author2"]) == [False]
    assert told(world["author"]) == told(world["viewer"]) == []
    entries = AuditEntry.objects.filter(event=FOLLOW_UP_OVERDUE)
    assert [entry.actor_kind for entry in entries] == ["system"]


def test_what_was_looked_at_in_time_is_never_overdue(world, owned, monkeypatch):
    follow_up = shatter(world, owned).follow_up
    close_follow_up(follow_up, words="It was right.", actor=world["reviewer"])
    later(monkeypatch, hours=73)

    run_all()

    assert (told(world.admin), overdue_untold()) == ([], [])
    with pytest.raises(NotPossible) as refused:
        tell_overdue(follow_up)
    assert refused.value.code == "not_overdue"


def test_nobody_but_galley_says_that_it_is_overdue(world, owned, monkeypatch):
    follow_up = shatter(world, owned).follow_up
    later(monkeypatch, hours=73)

    with pytest.raises(NotAllowed):
        tell_overdue(follow_up, actor=world.admin)

    assert tell_overdue(follow_up).overdue_told_at is not None


def test_follow_up_says_when_it_is_overdue(world, prompt, monkeypatch):
    shatter(world, prompt)
    before = open_follow_ups(world["reviewer"])
    later = timezone.now() + dt.timedelta(hours=73)
    monkeypatch.setattr(follow_ups_module, "database_now", lambda: later)
    page = signed_in(world, "reviewer").get(reverse("pages:prompt_releases", args=[prompt.path]))

    assert [one.overdue for one in before] == [False]
    assert [one.overdue for one in open_follow_ups(world["reviewer"])] == [True]
    assert "Overdue since" in page.content.decode()
    assert open_follow_ups(world["outsider"]) == []


class TestDatabase:
    """Past the application."""

    @pytest.fixture
    def scene(self, world, prompt):
        return Scene(world, prompt, list(prompt.versions.all()), world.places["production"])

    def said(self, scene, follow=True, **fields):
        version = scene.prompt.versions.get(number=2)
        row = {
            "how": "break_glass", "approvals_needed": 0, "reason": REASON,
            "made_by_id": scene.world["releaser"].pk,
        }  # fmt: skip
        try:
            with transaction.atomic():
                go_live(scene, version, **(row | fields))
                release = live_release(scene.prompt, scene.place)
                if follow:
                    due = timezone.now() + dt.timedelta(hours=72)
                    FollowUp.objects.create(release=release, due_at=due)
                with transaction.get_connection().cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        except DatabaseError as error:
            return str(error).splitlines()[0]
        return ""

    def test_takes_what_the_action_writes(self, scene):
        assert self.said(scene) == ""

    def test_wants_a_follow_up_when_the_transaction_ends(self, scene):
        assert self.said(scene, follow=False) == "a broken glass has a follow-up"

    @pytest.mark.parametrize(
        "fields", [{"reason": "Short"}, {"made_by_id": None}, {"made_by_kind": "key"}]
    )
    def test_wants_a_person_and_a_reason(self, scene, fields):
        assert self.said(scene, **fields) == (
            "only a person breaks the glass, and says why in 20 characters or more"
        )

    def test_a_follow_up_is_not_closed_by_who_broke_the_glass(self, world, prompt):
        follow_up = shatter(world, prompt).follow_up

        def close(who):
            try:
                with transaction.atomic():
                    FollowUp.objects.filter(pk=follow_up.pk).update(
                        state="closed", closed_by=world[who], closed_at=timezone.now(), words="Ok"
                    )
                    record(GLASS_BROKEN, actor=world["reviewer"], target=prompt)
            except DatabaseError as error:
                return str(error).splitlines()[0]
            return ""

        assert close("releaser") == "a follow-up is closed by somebody else, with words"
        assert close("reviewer") == ""


class TestPages:
    def client(self, world, who="releaser", ago=5.0):
        client = signed_in(world, who)
        session = client.session
        session[SIGNED_IN_AT] = time.time() - ago
        session.save()
        return client

    def query(self, prompt):
        live = prompt.releases.filter(environment__name="production").order_by("-pk").first()
        return {"version": 2, "environment": "production", "expects": live.pk}

    def test_the_panel_leads_to_it_where_a_gate_is_closed(self, world, prompt):
        client = self.client(world)
        panel = reverse("releases:release_version", args=[prompt.path])
        address = reverse("releases:break_glass", args=[prompt.path])

        shown = client.get(panel, self.query(prompt)).content.decode()
        other = signed_in(world, "admin").get(panel, self.query(prompt))
        answer = client.post(address, {**self.query(prompt), "reason": REASON})
        page = client.get(reverse("pages:prompt_releases", args=[prompt.path])).content.decode()

        assert f'href="{address}?version=2' in shown
        assert other.status_code == 403
        assert (answer.status_code, world.live(prompt, "production")) == (302, 2)
        assert page.count("Released without its gates") == 2

    @pytest.mark.parametrize("ago", [5.0, 700.0])
    def test_an_old_sign_in_is_confirmed_first(self, world, prompt, ago):
        client = self.client(world, ago=ago)
        address = reverse("releases:break_glass", args=[prompt.path])

        shown = client.get(address, self.query(prompt)).content.decode()
        answer = client.post(address, {**self.query(prompt), "reason": REASON})

        assert ("Confirm it" in shown, answer.status_code) == (
            (ago > 600),
            409 if ago > 600 else 302,
        )
        assert ago < 600 or REASON in answer.content.decode()

    def test_somebody_else_closes_it_on_its_page(self, world, prompt):
        follow_up = shatter(world, prompt).follow_up
        address = reverse("releases:close_follow_up", args=[follow_up.pk])
        client = signed_in(world, "reviewer")

        empty = client.post(address, {"words": ""})
        answer = client.post(address, {"words": "It was right."})

        assert (empty.status_code, answer.status_code) == (422, 302)
        assert FollowUp.objects.get().state == "closed"
