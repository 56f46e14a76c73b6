"""A candidate answers what live calls asked, is graded, and is never shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import Invalid, NotAllowed, NotPossible
from apps.delivery.actions import erase_values, set_keeping_rule
from apps.delivery.calls.chosen import calls
from apps.delivery.calls.engine import Filter
from apps.delivery.keeping_terms import Terms
from apps.environments.actions import create_key
from apps.evaluations.actions import add_check, make_suite
from apps.experiments import shadowing
from apps.experiments.actions import (
    pause_shadow,
    resume_shadow,
    start_shadow,
    stop_shadow,
)
from apps.experiments.models import Shadow, ShadowAnswer
from apps.experiments.queries.shadows import kind_of, pairs_of
from apps.experiments.shadow_readings import read_shadow, verdict_of, words_of
from apps.experiments.shadow_terms import ShadowTerms, is_chosen
from apps.experiments.shadowing import work
from apps.llm.actions import set_budget
from apps.llm.budget_queries import month_for
from apps.llm.questions import DEMO_MODEL
from apps.notifications.models import InboxItem
from apps.prompts.actions import give_prompt, make_version, write_document
from apps.prompts.queries import draft_of
from apps.teams.actions import add_member, create_team, grant
from tests.browser.people import BACKEND
from tests.evaluations.running import document
from tests.experiments.scene import call_of
from tests.llm.provided import connect, connected_model
from tests.llm.provider import running

MODEL = "test/model"
PRICES = {"input_price": Decimal(100), "output_price": Decimal(100)}


class Stage:
    """A scene with a suite, a rule that keeps values, and a candidate that asks the message."""

    def __init__(self, scene):
        self.scene, self.world, self.place = scene, scene.world, scene.place
        self.author = scene.world["author"]
        draft = draft_of(scene.prompt)
        write_document(draft, document=document("Answer:"), actor=self.author)
        self.candidate = make_version(draft_of(scene.prompt), reason="New", actor=self.author)
        self.suite = make_suite(scene.world.desk, name="Answers", actor=self.author)
        add_check(self.suite, kind="contains", settings={"texts": ["refund"]}, actor=self.author)
        self.keep(keep_values=True)

    def keep(self, **terms):
        set_keeping_rule(self.world.desk, terms=Terms(**terms), actor=self.world.admin)

    def connect(self, url, **more):
        line = connect(self.world.admin, base_url=url, allow_private=True, timeout_s=5)
        connected_model(self.world.admin, MODEL, connection=line, remote_name="m", **more)

    def told(self, *pairs, ago=1.0, **more):
        """Calls with a message and the answer that was given."""
        at = timezone.now().astimezone(dt.UTC) - dt.timedelta(minutes=ago)
        calls().write([
            call_of(
                self.scene[2], self.place, f"u{n}-{ago}", at + dt.timedelta(milliseconds=n),
                **({"variables": {"message": message}, "output": answer} | more),
            )
            for n, (message, answer) in enumerate(pairs)
        ])  # fmt: skip

    def start(self, by="author", **more):
        terms = {"model": MODEL, "share": 100} | more
        return start_shadow(
            self.candidate, environment=self.place, suite=self.suite, terms=ShadowTerms(**terms),
            since=timezone.now() - dt.timedelta(days=20), actor=self.world[by],
        )  # fmt: skip


@pytest.fixture
def stage(scene):
    return Stage(scene)


def looked(shadow, times=1):
    for _look in range(times):
        shadow = Shadow.objects.select_related("prompt__namespace", "environment", "version",
                                               "suite__namespace", "team", "made_by").get(
            pk=shadow.pk
        )  # fmt: skip
        work(shadow)
    shadow.refresh_from_db()
    return shadow


GOOD, BAD = "Your refund is on its way.", "Please wait."


def test_the_candidate_answers_and_both_answers_are_graded_by_the_same_checks(stage):
    stage.told(("refund?", BAD), ("refund!", GOOD), ("card", GOOD), ("card?", BAD))
    with running() as provider:
        stage.connect(provider.url, **PRICES)
        shadow = looked(stage.start())

    found = {(kind_of(row), row.answer) for row in pairs_of(shadow, 1)}
    assert found == {
        ("fixed", "You said: Answer: refund?"), ("both_pass", "You said: Answer: refund!"),
        ("newly", "You said: Answer: card"), ("both_fail", "You said: Answer: card?"),
    }  # fmt: skip
    reading = read_shadow(shadow)
    assert (reading.comparison.fixed, reading.comparison.newly_failing) == (1, 1)
    assert (reading.answered, reading.could_not_run, len(provider.calls)) == (4, 0, 4)
    assert reading.spent > 0
    assert [kind_of(row) for row in pairs_of(shadow, 1)] == ["newly", "both_fail", "fixed",
                                                             "both_pass"]  # fmt: skip


@pytest.mark.parametrize(("judge", "asked"), [("", 3), (DEMO_MODEL, 1)])
def test_another_model_than_the_candidates_own_may_judge(stage, judge, asked):
    """Seen by how often the candidate's provider is asked: for its answer, and to judge both."""
    polite = {"question": "Is it polite?"}
    add_check(stage.suite, kind="judge_question", settings=polite, actor=stage.author)
    stage.told(("refund?", GOOD))
    with running(reply=lambda _body: '{"reply": "yes", "evidence": "refund"}') as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start(judge=judge))

    assert (len(provider.calls), read_shadow(shadow).finished) == (asked, 1)
    shown = browser(stage.author).get(f"/experiments/shadows/{shadow.pk}/").content.decode()
    assert f"Models that judge</dt><dd>{judge or MODEL}</dd>" in shown


def test_a_call_is_taken_once_however_often_it_is_looked_at(stage):
    stage.told(("refund?", BAD), ("card", GOOD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start(), times=3)
        first = len(provider.calls)
        stage.told(("late", GOOD), ago=0.5)
        looked(shadow, times=2)

    assert (first, len(provider.calls)) == (2, 3)
    assert ShadowAnswer.objects.filter(shadow=shadow).count() == 3


def test_calls_without_words_of_the_candidate_itself_or_that_failed_are_not_taken(stage):
    stage.told(("a", GOOD), variables=None, output=None)
    stage.told(("b", GOOD), ago=2, status="error")
    stage.told(("c", GOOD), ago=3, version_id=stage.candidate.pk)
    stage.told(("d", GOOD), ago=4)
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start())

    [row] = ShadowAnswer.objects.filter(shadow=shadow)
    assert (row.values, len(provider.calls)) == ({"message": "d"}, 1)


def test_it_keeps_to_its_share_its_day_and_its_end(stage):
    stage.told(*[(f"refund {n}", BAD) for n in range(12)])
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start(a_day=3, most=5), times=3)
        in_a_day = len(provider.calls)
        ShadowAnswer.objects.update(taken_at=timezone.now() - dt.timedelta(days=2))
        shadow = looked(shadow, times=2)

    assert (in_a_day, len(provider.calls), shadow.state) == (3, 5, "done")
    chosen = sum(is_chosen(7, f"call-{n}", 10) for n in range(20_000))
    assert 1_850 < chosen < 2_150  # within 4 standard errors
    assert [is_chosen(7, "call", share) for share in (100, 100)] == [True, True]


def test_what_the_provider_does_not_answer_could_not_run_and_is_no_fail(stage):
    stage.told(("refund [[fault:400]]", GOOD), ("refund", GOOD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start())

    reading = read_shadow(shadow)
    assert (reading.could_not_run, reading.answered, reading.comparison.n) == (1, 1, 1)
    assert reading.comparison.newly_failing == 0


def paying(stage, limit):
    team = create_team(name="Payers", actor=stage.world.admin)
    add_member(team, person=stage.author, actor=stage.world.admin)
    grant(stage.world.desk, role="viewer", to=team, actor=stage.world.admin)
    give_prompt(stage.scene.prompt, owner=team, actor=stage.world.admin)
    stage.candidate.refresh_from_db()
    set_budget(team, month_limit=limit, actor=stage.world.admin)
    return team


def test_it_is_paid_and_pauses_where_the_budget_ends_with_nothing_asked(stage):
    stage.told(("refund?", BAD))
    with running() as provider:
        stage.connect(provider.url, **PRICES)
        team = paying(stage, Decimal(100))
        shadow = stage.start()
        set_budget(team, month_limit=Decimal("0.01"), actor=stage.world.admin)
        held = looked(shadow)
        asked = len(provider.calls)
        set_budget(team, month_limit=Decimal(100), actor=stage.world.admin)
        resume_shadow(held, actor=stage.author)
        going = looked(held)

    assert (held.state, asked) == ("paused", 0)
    assert "left this month" in AuditEntry.objects.get(event="experiments.shadow.paused").reason
    assert (going.state, len(provider.calls)) == ("running", 1)
    assert month_for(team).spent == read_shadow(going).spent > 0
    assert month_for(team).reserved == 0


def test_a_start_over_the_budget_is_refused(stage):
    stage.connect("http://127.0.0.1:9/v1", **PRICES)
    team = paying(stage, Decimal("0.01"))

    with pytest.raises(NotPossible, match="left this month"):
        stage.start()
    set_budget(team, month_limit=Decimal(10_000), actor=stage.world.admin)

    assert stage.start().team == team


def test_a_start_is_refused_with_a_reason(stage):
    stage.connect("http://127.0.0.1:9/v1")
    with pytest.raises(NotAllowed):
        stage.start(by="reviewer")
    with pytest.raises(Invalid):
        stage.start(share=0)
    with pytest.raises(NotPossible, match="is not connected"):
        stage.start(model="no/model")
    live, stage.candidate = stage.candidate, stage.scene[2]
    with pytest.raises(NotPossible, match="v2 is what is live"):
        stage.start()
    stage.candidate = live
    stage.keep(keep_values=False)
    with pytest.raises(NotPossible, match="Nothing is kept"):
        stage.start()
    stage.keep(keep_values=True)
    stage.suite.checks.all().delete()
    with pytest.raises(NotPossible, match="can judge an answer"):
        stage.start()
    add_check(stage.suite, kind="word_count", settings={"most": 9}, actor=stage.author)

    assert stage.start().state == "running"
    with pytest.raises(NotPossible, match="already"):
        stage.start()


def test_a_right_that_is_gone_pauses_it(stage):
    stage.told(("refund?", BAD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = stage.start()
        stage.keep(keep_values=False)
        held = looked(shadow)

    assert (held.state, len(provider.calls)) == ("paused", 0)
    assert "Nothing is kept" in held.words


def test_a_paused_one_asks_nothing_and_a_stopped_one_never_again(stage):
    stage.told(("refund?", BAD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = stage.start()
        pause_shadow(shadow, actor=stage.author)
        looked(shadow)
        paused = len(provider.calls)
        resume_shadow(shadow, actor=stage.author)
        looked(shadow)
        stop_shadow(shadow, reason="Seen enough", actor=stage.author)
        stage.told(("more", BAD), ago=0.2)
        stopped = looked(shadow)

    assert (paused, len(provider.calls), stopped.state) == (0, 1, "stopped")
    with pytest.raises(NotPossible):
        resume_shadow(stopped, actor=stage.author)
    events = AuditEntry.objects.filter(event__startswith="experiments.shadow.").order_by("seq")
    assert [one.event.rpartition(".")[2] for one in events] == [
        "started", "paused", "resumed", "stopped",
    ]  # fmt: skip


def test_words_are_masked_and_erased_with_those_of_the_call(stage):
    stage.told(("refund ana@alder.bank", "Sent to ana@alder.bank"), ago=1)
    stage.told(("refund soon", GOOD), ago=60 * 24 * 9)
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start())
        new, old = ShadowAnswer.objects.filter(shadow=shadow).order_by("-called_at")
        stage.keep(keep_values=True, keep_days=7)
        erase_values()

    assert new.answer == "You said: Answer: refund [e-mail address]"
    before = (old.passed, old.live_passed, old.latency_ms)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.values, old.answer, old.live_answer) == (None, "", "")
    assert "refund" not in str([old.verdicts, old.live_verdicts])
    assert (old.passed, old.live_passed, old.latency_ms) == before
    assert (new.values is not None, new.answer != "") == (True, True)


def test_what_a_process_left_is_asked_again_and_given_up_after_three_times(stage, monkeypatch):
    stage.told(("refund?", BAD), ("card", GOOD))
    broken = {"left": 1}
    ask = shadowing._asked

    def dies(*args):
        broken["left"] -= 1
        if broken["left"] >= 0:
            raise RuntimeError("the process is gone")
        return ask(*args)

    monkeypatch.setattr(shadowing, "_asked", dies)
    with running() as provider:
        stage.connect(provider.url)
        shadow = stage.start()
        shadowing.work_all()
        shadowing.work_all()
        once = (len(provider.calls), read_shadow(shadow).answered)
        stage.told(("late", BAD), ago=0.2)
        broken["left"] = 3
        for _look in range(5):
            shadowing.work_all()

    assert once == (2, 2)
    assert (len(provider.calls), read_shadow(shadow).could_not_run) == (2, 1)


def test_its_end_is_in_the_inbox_of_whoever_started_it(stage):
    stage.told(("refund?", BAD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start(most=1))
    run_all()

    [item] = InboxItem.objects.filter(event__startswith="experiments.shadow.")
    inbox = browser(stage.author).get("/").content.decode()
    assert (item.person, item.event) == (stage.author, "experiments.shadow.ended")
    assert f"/experiments/shadows/{shadow.pk}/" in inbox
    assert "is over: read what came of it" in inbox


def test_nothing_is_concluded_before_the_end(stage):
    pairs = [(f"refund {n}", BAD) for n in range(30)]
    stage.told(*pairs)
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start(most=30), times=3)
        found = read_shadow(shadow).comparison
        early = verdict_of(shadow, found)
        shadow = looked(shadow, times=2)
        found = read_shadow(shadow).comparison

    assert early == "So far: v5 passes 24 calls that what is live fails"
    assert verdict_of(shadow, found) == "v5 passes the checks more often than what is live"
    assert "exact McNemar test, p < 0.001" in words_of(shadow, found)
    assert found.n == 30


# --- the pages -------------------------------------------------------------------------------


def browser(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def form_data(stage, **more):
    return {
        "version": "5", "suite": stage.suite.pk, "model": MODEL, "judge": DEMO_MODEL,
        "share": "100", "a_day": "50", "most": "20", "days": "7",
    } | more  # fmt: skip


def test_form_says_the_cost_first_and_starts_it(stage):
    stage.connect("http://127.0.0.1:9/v1", **PRICES)
    page = f"/prompts/{stage.scene.prompt.path}/-/shadows/new/?environment=production"
    author = browser(stage.author)

    estimated = author.post(page, form_data(stage, estimate="1"))
    before = Shadow.objects.count()
    wrong = author.post(page, form_data(stage, share="400"))
    started = author.post(page, form_data(stage))

    said = estimated.content.decode().split('role="status">')[1].split("<")[0]
    assert said.startswith("20 answers, each judged beside the live one ≈ 51\xa0¢")
    assert (estimated.status_code, before, wrong.status_code) == (200, 0, 422)
    assert 'value="400"' in wrong.content.decode()
    assert started.url == f"/experiments/shadows/{Shadow.objects.get().pk}/"


def test_without_kept_values_the_form_says_so_and_names_the_rule(stage):
    stage.keep(keep_values=False)
    stage.connect("http://127.0.0.1:9/v1")
    page = f"/prompts/{stage.scene.prompt.path}/-/shadows/new/?environment=production"

    shown = browser(stage.author).get(page).content.decode()
    refused = browser(stage.author).post(page, form_data(stage))

    assert f"/admin/namespaces/{stage.world.desk.pk}/calls/" in shown
    assert (refused.status_code, Shadow.objects.count()) == (422, 0)


def test_page_shows_words_of_calls_to_whoever_may_read_them(stage):
    stage.told(("refund?", BAD), ("card", GOOD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start())
    page = f"/experiments/shadows/{shadow.pk}/"

    def of(who):
        return browser(stage.world[who]).get(page).content.decode()

    assert [BAD in of(who) for who in ("author", "reviewer", "viewer")] == [True, True, False]
    assert ["2 of 200 answers" in of(who) for who in ("author", "viewer")] == [True, True]
    for listing in (f"/prompts/{stage.scene.prompt.path}/-/experiments/", "/experiments/"):
        assert page in browser(stage.author).get(listing).content.decode(), listing
    assert page not in browser(stage.world["outsider"]).get("/experiments/").content.decode()


def test_a_pair_becomes_a_test_case(stage):
    stage.told(("refund?", BAD))
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start())
    pair = ShadowAnswer.objects.get()

    drawer = browser(stage.author).get(
        f"/experiments/shadows/answers/{pair.pk}/", headers={"HX-Request": "true"}
    )
    browser(stage.author).post(
        f"/prompts/{stage.scene.prompt.path}/-/analytics/calls/take/",
        {"suite": shadow.suite_id, "environment": "production", "call": pair.place},
    )

    assert pair.place in unescape(drawer.content.decode())
    [case] = stage.suite.cases.all()
    assert (case.values, case.source) == ({"message": "refund?"}, "traffic")


# --- never served ----------------------------------------------------------------------------


def test_fetched_answers_stay_the_same_while_a_shadow_works(stage, monkeypatch):
    """Fetched before and after each step of the work; a release is seen at once (the control)."""
    _key, secret = create_key(
        stage.place, name="Shop", kind="read", namespaces=[stage.world.desk],
        owner=stage.world.admin, actor=stage.world.admin,
    )  # fmt: skip
    seen = []

    def fetch():
        bearer = {"Authorization": f"Bearer {secret}"}
        answer = Client().get(f"/api/v1/prompts/{stage.scene.prompt.path}", headers=bearer)
        seen.append((answer.status_code, answer.content))

    for name in ("take_for_shadow", "_asked", "_graded", "keep_answers"):
        monkeypatch.setattr(shadowing, name, around(getattr(shadowing, name), fetch))
    stage.told(*[(f"refund {n}", BAD) for n in range(9)])
    with running() as provider:
        stage.connect(provider.url)
        shadow = looked(stage.start(), times=2)
        stop_shadow(shadow, actor=stage.author)
        fetch()
    while_it_worked = set(seen)
    stage.world.release(stage.scene.prompt, stage.scene[3], "production")
    fetch()

    assert (len(provider.calls), len(seen) > 12, len(while_it_worked)) == (9, True, 1)
    assert seen[0][0] == 200 and b"Answer:" not in seen[0][1]
    assert (seen[-1][0], seen[-1] in while_it_worked) == (200, False)


def around(step, fetch):
    def run(*args, **kwargs):
        fetch()
        try:
            return step(*args, **kwargs)
        finally:
            fetch()

    return run


def test_shadow_answers_are_no_calls_of_analytics_or_of_an_experiment(stage):
    stage.told(("refund?", BAD), ("card", GOOD))
    with running() as provider:
        stage.connect(provider.url)
        looked(stage.start())
    counted = [counts(stage)]
    stage.told(("more", BAD), ago=0.1)

    assert (len(provider.calls), counted, counts(stage)) == (2, [2], 3)


def counts(stage):
    """Of all calls with the prompt there, whatever the version."""
    wanted = Filter(environment_id=stage.place.pk, prompt_ids=[stage.scene.prompt.pk])
    return sum(one.calls for one in calls().totals(wanted))
