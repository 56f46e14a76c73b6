"""What the infested world has of models, suites, runs, ratings and trials, its words full of
payloads."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.core.actors import SYSTEM
from apps.core.clock import database_now
from apps.evaluations.actions import (
    RatingTerms,
    RunTerms,
    ScheduleTerms,
    acknowledge_drift,
    add_requirement,
    archive_suite,
    ask_for_ratings,
    ask_removal,
    begin_planned,
    cancel_run,
    claim_answers,
    claim_schedule,
    decide_rating,
    keep_upload,
    make_schedule,
    make_suite,
    pause_schedule,
    raise_alarm,
    rate_answer,
    rate_task,
    start_run,
    start_trial,
    start_update,
    store_answer,
)
from apps.evaluations.actions.work import (
    finish_run,
    lease_rows,
    leave_run,
    stop_run,
    store_results,
    take_run,
)
from apps.evaluations.checks.verdict import could_not_run, judged
from apps.evaluations.models import DriftAlarm, PlannedRun, Result, Run, Suite, SuiteSchedule
from apps.evaluations.new_case import NewCase
from apps.evaluations.queries.drift import Drift
from apps.evaluations.running.outcome import Outcome, not_run
from apps.evaluations.statistics import compare
from apps.evaluations.trial_columns import TrialColumn, source_of
from apps.llm.actions import ModelTerms, Terms, make_connection, make_model, set_budget
from apps.prompts.actions import create_prompt, make_version, open_alternative
from apps.prompts.models import Draft
from apps.prompts.queries import draft_document, draft_of
from tests.browser.payloads import Poison
from tests.permissions.world import DEMO_RUN, Side, place

WORKER = "infested"
DEMO = "galley/demo"
COLUMNS = ["message", "v0", "v1"]


@dataclass
class Proofs:
    """Adds to one side, whose prompts and reviews exist."""

    side: Side
    poison: Poison

    @property
    def author(self) -> User:
        return self.side.people["second"]

    def reason(self) -> str:
        return self.poison.some(500)

    def all(self) -> None:
        self._line()
        self._suites()
        self._runs()
        self._ratings()
        self._trials()
        self._schedules()
        self._update()
        self._review()
        self._requirement()

    def _line(self) -> None:
        side, admin = self.side, self.side.admin
        for number in range(6):
            name = self.poison.one(80)
            terms = Terms(name, "openai", f"http://127.0.0.1:{number + 9}/v1", allow_private=True)
            side.line = make_connection(terms, secret="sk-0123456789", actor=admin)
        side.model = make_model(side.line, terms=ModelTerms("alpha/model"), actor=admin)
        make_model(side.line, terms=ModelTerms("alpha/vectors", use="embedding"), actor=admin)
        set_budget(side.team, month_limit=Decimal(100), actor=admin)

    # --- suites ------------------------------------------------------------------------------

    def _suites(self) -> None:
        side, poison = self.side, self.poison
        cases = [
            NewCase(
                values={name: poison.some(300) for name in COLUMNS}, expected=poison.some(200),
                name=poison.one(200), tags=(poison.one(40), poison.one(40)),
            )
            for _ in range(5)
        ]  # fmt: skip
        side.suite = make_suite(
            side.space, name=poison.one(120), purpose=poison.one(200), variables=COLUMNS,
            cases=cases, checks=self._checks(), actor=self.author,
        )  # fmt: skip
        side.case, side.check = side.suite.cases.first(), self._check("contains")
        side.shelved = self._suite()
        archive_suite(side.shelved, reason=self.reason(), actor=self.author)
        sheet = f'message,"{poison.one(100).replace(chr(34), "")}"\n{MANY},{MANY}\n'.encode()
        side.upload = keep_upload(
            name=f"{poison.one(150)}.csv", content=sheet, suite=None, actor=side.people["author"]
        )

    def _checks(self) -> list[tuple[str, dict[str, Any]]]:
        poison, ask = self.poison, self.poison.some(300)
        self.words = [poison.one(60), poison.one(60)]
        return [
            ("contains", {"how": "any", "texts": [poison.one(), poison.one()]}),
            ("label", {"labels": [poison.one(), poison.one()]}),
            ("judge_question", {"question": poison.some(300)}),
            ("person_choice", {"question": ask, "choices": self.words, "good": self.words[:1]}),
            ("pattern", {"pattern": "<b data-xss>"}),
            ("json_field", {"path": "reply.text", "value": poison.one()}),
        ]

    def _suite(self) -> Suite:
        return make_suite(
            self.side.space, name=self.poison.one(120), purpose=self.poison.one(200),
            actor=self.author,
        )  # fmt: skip

    def _check(self, kind: str) -> Any:
        return self.side.suite.checks.get(kind=kind)

    # --- runs --------------------------------------------------------------------------------

    def _runs(self) -> None:
        """One that is over, with answers of all ends, and one that was cancelled."""
        side = self.side
        tested = draft_of(side.prompt)
        terms = RunTerms(models=[DEMO], judge=DEMO)
        side.run = side.rated = self._answered(
            start_run(side.suite, tested=tested, terms=terms, actor=self.author)
        )
        side.answer, *_others = side.rated.results.filter(state="done")
        side.result = side.answer
        side.cancelled = start_run(side.suite, tested=tested, terms=DEMO_RUN, actor=self.author)
        cancel_run(side.cancelled, reason=self.reason(), actor=self.author)

    def _answered(self, run: Run) -> Run:
        held = take_run(run.pk, by=WORKER, seconds=60)
        assert held is not None
        rows = lease_rows(held, by=WORKER, many=100, seconds=60, alone=False)
        outcomes = [self._outcome(row, place) for place, row in enumerate(rows)]
        store_results(held, by=WORKER, outcomes=outcomes)
        stop_run(held, by=WORKER, code="over_budget", sentence=self.reason())
        leave_run(held, by=WORKER)
        return finish_run(held, actor=SYSTEM)

    def _outcome(self, row: Result, place: int) -> Outcome:
        if place % 5 == 4:
            return not_run(row.pk, "bad_request", self.reason())
        passed = bool((place // 5 + place) % 2)
        calls = ({"id": "1", "name": self.poison.one(), "arguments": self.poison.some(200)},)
        return Outcome(
            row.pk, answer=self.poison.some(1500), tool_calls=calls, input_tokens=9,
            output_tokens=9, latency_ms=9, passed=passed, score=float(passed),
            verdicts=self._verdicts(passed), judging="0" * 64, fingerprint=f"{row.pk:064}",
        )  # fmt: skip

    def _verdicts(self, passed: bool) -> dict[str, Any]:
        poison = self.poison
        labels = {"expected": poison.one(), "answered": poison.one()}
        said = {
            "contains": judged(passed, self.reason()),
            "label": judged(passed, self.reason(), **labels),
            "judge_question": judged(passed, self.reason(), reply="yes", evidence=self.reason()),
            "person_choice": could_not_run(self.reason(), waiting=True),
            "json_field": could_not_run(self.reason()),
        }
        keys = {check.kind: str(check.key) for check in self.side.suite.checks.all()}
        return {keys[kind]: verdict.as_json() for kind, verdict in said.items()}

    def _ratings(self) -> None:
        """Disagreement on the whole answer, and on a check that was decided; two asked people."""
        side, people = self.side, self.side.people
        for name, value in (("releaser", True), ("reviewer", False)):
            rate_answer(side.answer, value=value, note=self.reason(), actor=people[name])
        key = str(self._check("person_choice").key)
        told = side.rated.results.filter(state="done").last()
        for name, value in zip(("releaser", "reviewer"), self.words, strict=True):
            rate_answer(told, value=value, check_key=key, note=self.reason(), actor=people[name])
        decide_rating(
            told, run=side.rated, value=self.words[0], check_key=key, reason=self.reason(),
            actor=self.author,
        )  # fmt: skip
        terms = RatingTerms(raters=(people["author"],), note=self.reason(), many=1, sample="some")
        side.asking = ask_for_ratings(side.rated, terms=terms, actor=self.author)

    # --- trials ------------------------------------------------------------------------------

    def _trials(self) -> None:
        """The shared draft and one with a name, one answered and one not."""
        side, author = self.side, self.side.people["author"]
        named = self._named()
        sources = [source_of(), source_of(draft=named.pk)]
        side.trial = start_trial(
            side.prompt, columns=[TrialColumn(source, DEMO) for source in sources],
            values={"v0": self.poison.some(500)}, actor=author,
        )  # fmt: skip
        first, second = claim_answers(side.trial, actor=author)
        store_answer(
            first, state="done", text=self.poison.some(2000), input_tokens=9, output_tokens=2
        )
        store_answer(
            second, state="could_not_run", text=self.poison.some(500), error=self.reason(),
            detail=self.reason(),
        )  # fmt: skip

    def _named(self) -> Draft:
        return open_alternative(self.side.prompt, name=self.poison.one(80), actor=self.author)

    # --- what runs by itself -------------------------------------------------------------------

    def _schedules(self) -> None:
        side = self.side
        terms = ScheduleTerms([side.prompt], place("production"), DEMO, 3, "UTC")
        side.schedule = make_schedule(side.suite, terms=terms, actor=self.author)
        side.halted = make_schedule(side.suite, terms=terms, actor=self.author)
        pause_schedule(side.halted, actor=self.author)
        acknowledge_drift(self._drifted(), note=self.reason(), actor=self.author)
        side.alarm = self._drifted()
        PlannedRun.objects.filter(pk=self._due().pk).update(refusal=self.reason())

    def _drifted(self) -> DriftAlarm:
        planned = [self._due(), self._due()]
        for one in planned:
            begin_planned(one.pk)
        earlier = Run.objects.get(planned=planned[0])
        drift = Drift(earlier, compare([1.0] * 30, [0.0] * 30))
        return raise_alarm(planned[1], drift=drift, actor=SYSTEM)

    def _due(self) -> PlannedRun:
        """One that a night planned."""
        with transaction.atomic():  # no other change of a schedule is without its entry
            SuiteSchedule.objects.filter(pk=self.side.schedule.pk).update(next_at=database_now())
            claim_schedule(self.side.schedule, actor=SYSTEM)
        planned: PlannedRun = self.side.schedule.planned.order_by("pk").last()
        return planned

    def _update(self) -> None:
        """Of a model that one prompt names; nothing of it is begun."""
        author = self.side.people["author"]
        variant = {"model": DEMO, "parameters": {}, "overrides": {}}
        prompt = create_prompt(
            self.side.space, segment="named-reply", name=self.poison.some(120), actor=author,
            document=draft_document(draft_of(self.side.moved)) | {"models": [variant]},
        )  # fmt: skip
        make_version(draft_of(prompt), reason=self.reason(), actor=author)
        self.side.update = start_update(before=DEMO, after=self.side.model.name, actor=author)

    # --- what holds a release --------------------------------------------------------------------

    def _review(self) -> None:
        """The answers of the version that is reviewed beside those of what is live."""
        side = self.side
        terms = RunTerms(models=[DEMO], environment=place("production"))
        version = side.prompt.versions.get(number=2)
        run = self._answered(start_run(side.suite, tested=version, terms=terms, actor=self.author))
        assert run.paired is not None
        rater = side.people["releaser"]
        both = RatingTerms(
            raters=(rater,), way="compare", first=(run.pk, DEMO), second=(run.paired.pk, DEMO)
        )
        compared = ask_for_ratings(run, terms=both, actor=self.author)
        rate_task(compared.tasks.first(), value="first", note=self.reason(), actor=rater)

    def _requirement(self) -> None:
        side = self.side
        asked: dict[str, Any] = {"namespace": side.space, "condition": "not_worse", "share": 0}
        add_requirement(place("production"), suite=side.suite, actor=side.admin, **asked)
        leaving = add_requirement(
            place("production"), suite=self._suite(), actor=side.admin, **asked
        )
        ask_removal(leaving, reason=self.reason(), actor=side.admin)


MANY = "<img data-xss src=x onerror=alert(1)>"
