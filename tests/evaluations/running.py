"""Worlds of runs: a prompt with two versions, a suite that serves it, and models to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from apps.environments.models import Environment
from apps.environments.queries import environment_for, live_release
from apps.evaluations.actions import RunTerms, add_check, import_cases, make_suite, start_run
from apps.evaluations.actions.work import lease_rows, store_results, take_run
from apps.evaluations.entrance import NewCase
from apps.evaluations.models import Result, Run, Suite
from apps.evaluations.running.outcome import Outcome
from apps.evaluations.running.slices import work
from apps.prompts.actions import make_version, write_document
from apps.prompts.content import new_block, new_content, new_variable
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import draft_of
from apps.releases.actions import release_version
from tests.llm.provided import connect, connected_model
from tests.prompts.conftest import House, make_house

MODEL = "test/model"
CASES = (
    ("Where is my money?", "money"),
    ("My card is gone", "card"),
    ("Hello there", "hello"),
)


@dataclass
class Lab:
    """A house, a suite whose cases pass where the answer says the expected word, and v1."""

    house: House
    suite: Suite
    v1: Version

    @property
    def prompt(self) -> Prompt:
        return self.house.prompt

    @property
    def ana(self) -> Any:
        return self.house.ana

    @property
    def development(self) -> Environment:
        return environment_for("development")

    def version(self, words: str) -> Version:
        """A version whose question begins with these words."""
        write_document(draft_of(self.prompt), document=document(words), actor=self.ana)
        return make_version(draft_of(self.prompt), reason=words, actor=self.ana)

    def put_live(self, version: Version) -> None:
        live = live_release(self.prompt, self.development)
        release_version(
            self.prompt, version=version, environment=self.development,
            expects=live.pk if live else None, actor=self.ana,
        )  # fmt: skip

    def more_cases(self, many: int) -> None:
        cases = [NewCase(values={"message": f"Case {n} money"}, expected="money")
                 for n in range(many)]  # fmt: skip
        import_cases(self.suite, cases=cases, actor=self.ana)

    def start(self, version: Version | None = None, **terms: Any) -> Run:
        given = RunTerms(**({"models": [MODEL]} | terms))
        return start_run(self.suite, tested=version or self.v1, terms=given, actor=self.ana)


def document(words: str) -> dict[str, Any]:
    blocks = [new_block("input", body=words + " {{message}}")]
    return new_content() | {"blocks": blocks, "variables": [new_variable("message")]}


def make_lab() -> Lab:
    house = make_house()
    suite = make_suite(house.space, name="Refund basics", variables=["message"], actor=house.ana)
    cases = [NewCase(values={"message": text}, expected=word) for text, word in CASES]
    import_cases(suite, cases=cases, actor=house.ana)
    add_check(suite, kind="contains", settings={}, actor=house.ana)
    lab = Lab(house, suite, v1=None)  # type: ignore[arg-type]  # made below
    lab.v1 = lab.version("Answer this:")
    return lab


def connect_to(lab: Lab, url: str, *, at_once: int = 8, **prices: Any) -> None:
    """`MODEL` is what answers at this address."""
    line = connect(
        lab.house.admin, base_url=url, allow_private=True, max_parallel=at_once, timeout_s=10
    )
    connected_model(lab.house.admin, MODEL, connection=line, remote_name="test-model-1", **prices)


def work_all(run: Run, **settings: Any) -> Run:
    """Slice after slice, as a worker would, until the run is over."""
    for _slice in range(50):
        if not work(run.pk, **settings):
            break
    run.refresh_from_db()
    return run


def answer_some(run: Run, *answers: str) -> None:
    """As a worker that is still at it: these answers to the first cases, which pass."""
    held = take_run(run.pk, by="w", seconds=60)
    assert held is not None
    leased = lease_rows(held, by="w", many=len(answers), seconds=60, alone=False)
    told = zip(leased, answers, strict=True)
    outcomes = [Outcome(row.pk, answer=text, passed=True) for row, text in told]
    store_results(held, by="w", outcomes=outcomes)


def rows(run: Run) -> list[Result]:
    return list(Result.objects.filter(run=run).order_by("case_index", "model", "repeat"))
