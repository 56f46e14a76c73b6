"""What the infested world has of releases, rules, order and logs, its words full of payloads."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.core.origin import coming_from
from apps.delivery.actions import (
    answer_once,
    note_names,
    take_calls,
    take_feedback,
    wait_for_calls,
)
from apps.delivery.actions.feedback import Waiting
from apps.delivery.calls.engine import Call, Feedback
from apps.environments.actions import (
    approve_change,
    change_rule,
    override_rule,
    propose_change,
)
from apps.environments.freezes import Freeze
from apps.environments.models import Release, Rule, RuleChange
from apps.environments.queries import live_release, rule_for, terms_of
from apps.environments.rules import Lock, Terms
from apps.evaluations.actions import make_suite
from apps.experiments.actions import (
    Design,
    answer_harm,
    end_plan,
    guard_rollout,
    make_experiment,
    start_experiment,
    stop_experiment,
)
from apps.experiments.metrics import Guard, Metric, feedback
from apps.experiments.models import Experiment
from apps.experiments.states import Hold, OnHarm
from apps.prompts.actions import (
    deprecate_prompt,
    make_version,
    move_prompt,
    set_naming_rule,
    write_document,
)
from apps.prompts.content import new_block, new_content
from apps.prompts.models import Prompt, Version
from apps.prompts.queries import draft_of
from apps.releases.actions import (
    Wanted,
    break_glass,
    close_follow_up,
    move_label,
    propose_waiver,
    refuse_schedule,
    release_bundle,
    release_version,
    schedule_release,
)
from apps.releases.gates import gates
from apps.releases.models import Schedule
from apps.teams.actions import grant
from tests.browser.payloads import Poison
from tests.experiments.scene import rated_calls
from tests.permissions.world import Side, place, shadowed

TINY = "<b/data-xss>"  # for the narrowest fields: no room for more, and no blank allowed


@dataclass
class Releases:
    """Adds to one side, whose prompts exist; "moved" is live in production."""

    side: Side
    poison: Poison

    @property
    def author(self) -> User:
        return self.side.people["second"]

    @property
    def releaser(self) -> User:
        return self.side.people["releaser"]

    def reason(self) -> str:
        return self.poison.some(500)

    def expects(self, prompt: Prompt) -> int | None:
        live = live_release(prompt, place("production"))
        return live.pk if live else None

    def first_live(self) -> None:
        """v1 of five prompts, in one bundle: it is approved for production."""
        side = self.side
        prompts = [side.ready, side.rolling, side.planned, side.broken, side.compared]
        release_bundle(
            place("production"), reason=self.reason(), acknowledged=True, actor=self.releaser,
            items=[Wanted(prompt.versions.get(number=1), None) for prompt in prompts],
        )  # fmt: skip

    def all(self) -> None:
        """Needs v2 of those, approved in all but "broken"."""
        self._label()
        self._share()
        self._plans()
        self._experiments()
        self._broken_glass()
        self._waiver()
        self._order()
        self._logs()
        self._rules()

    def _label(self) -> None:
        prompt = self.side.moved
        self.side.label = move_label(
            prompt, environment=place("production"), name="stable", expects=None,
            version=prompt.versions.get(number=1), reason=self.reason(), acknowledged=True,
            actor=self.releaser,
        )  # fmt: skip

    def _share(self) -> None:
        prompt = self.side.rolling
        release_version(
            prompt, version=prompt.versions.get(number=2), environment=place("production"),
            expects=self.expects(prompt), reason=self.reason(), share=10, acknowledged=True,
            actor=self.releaser,
        )  # fmt: skip

    def _plans(self) -> None:
        """One that was refused, with what was said, and one that waits."""
        refuse_schedule(self._plan(), reason=self.reason())
        self.side.plan = self._plan()

    def _plan(self) -> Schedule:
        prompt = self.side.planned
        return schedule_release(
            prompt, version=prompt.versions.get(number=2), environment=place("production"),
            expects=self.expects(prompt), at=timezone.now() + timedelta(days=1),
            reason=self.reason(), acknowledged=True, actor=self.releaser,
        )  # fmt: skip

    def _experiments(self) -> None:
        """One that was stopped, one that runs and one that waits; a rollout by itself, on hold."""
        side, metric = self.side, feedback(self.poison.one(64), "yes_no")
        for prompt in (side.compared, side.ready):
            rated_calls(prompt.versions.get(number=1), place("production"), metric.name)
        stopped = self._started(self._experiment(side.compared, metric))
        stop_experiment(
            stopped, expects=self.expects(side.compared), reason=self.reason(), actor=self.releaser
        )
        side.experiment = self._started(self._experiment(side.compared, metric))
        side.tried = self._experiment(side.ready, metric)
        plan = guard_rollout(
            side.rolling, environment=place("production"), expects=self.expects(side.rolling),
            steps=[50, 100], hold=Hold.TIME, amount=1, guards=[Guard(metric, 0.1)],
            on_harm=OnHarm.PAUSE, actor=self.releaser,
        )  # fmt: skip
        told = {"words": self.reason(), "expects": self.expects(side.rolling)}
        answer_harm(plan, **told, evidence={"words": self.poison.some(200)})
        end_plan(plan, reason=self.reason(), actor=self.releaser)
        self._shadow()

    def _shadow(self) -> None:
        side, poison = self.side, self.poison
        contains = ("contains", {"texts": [poison.some(200)]})
        suite = make_suite(
            side.space, name=poison.one(120), checks=[contains], actor=side.people["second"]
        )
        side.shadow, side.pair = shadowed(side, side.prompt, suite, text=poison.some(500))

    def _experiment(self, prompt: Prompt, metric: Metric) -> Experiment:
        shares = [(prompt.versions.get(number=number), 50) for number in (1, 2)]
        whom = {"attribute": "plan", "operator": "in", "values": [self.poison.one(100)]}
        design = Design(
            self.poison.one(120), self.poison.some(1000), shares, metric, 0.1,
            [Guard(metric, 0.1)], audience=[whom],
        )  # fmt: skip
        return make_experiment(
            prompt, environment=place("production"), design=design, actor=self.author
        )

    def _started(self, experiment: Experiment) -> Experiment:
        expects = self.expects(experiment.prompt)
        return start_experiment(experiment, expects=expects, acknowledged=True, actor=self.releaser)

    def _broken_glass(self) -> None:
        """Twice: what came of the first is written, the second waits."""
        side = self.side
        grant(side.space, capabilities=["break_glass"], to=self.author, actor=side.admin)
        closed = self._glass(2).follow_up
        close_follow_up(closed, words=self.reason(), actor=side.people["reviewer"])
        side.follow_up = self._glass(1).follow_up

    def _glass(self, number: int) -> Release:
        prompt = self.side.broken
        with coming_from("web", confirmed_at=time.time):
            return break_glass(
                prompt, version=prompt.versions.get(number=number), reason=self.reason(),
                environment=place("production"), expects=self.expects(prompt), actor=self.author,
            )  # fmt: skip

    def _waiver(self) -> None:
        """For one of two findings about v3."""
        version = self._undeclared()
        gate = next(gate for gate in gates(version, place("production")) if gate.waive)
        self.side.waiver = propose_waiver(
            version, environment=place("production"), gate=gate.code, subject=gate.subject,
            reason=self.reason(), actor=self.author,
        )  # fmt: skip

    def _undeclared(self) -> Version:
        draft = draft_of(self.side.broken)
        words = f"{{{{nobody}}}} declares {{{{neither}}}}. {self.poison.some(800)}"
        document = new_content() | {"blocks": [new_block("role", body=words)]}
        write_document(draft, document=document, actor=self.author)
        return make_version(draft, reason=self.reason(), actor=self.author)

    def _order(self) -> None:
        side = self.side
        prompt = Prompt.objects.get(path="alpha/brought")
        move_prompt(
            prompt, namespace=side.space, segment="taken", reason=self.reason(), actor=side.admin
        )
        prompt.refresh_from_db()
        deprecate_prompt(prompt, successor=side.moved, reason=self.reason(), actor=side.admin)
        words = self.poison.some(200)
        set_naming_rule(side.space, pattern="*-reply | taken", sentence=words, actor=side.admin)

    def _logs(self) -> None:
        prompt = self.side.moved
        ids = {"environment_id": place("production").pk, "prompt_id": prompt.pk}
        now = timezone.now()
        ids["version_id"], ids["key_id"] = prompt.versions.get(number=1).pk, self.side.key.pk
        about = {**ids, "started_at": now, "day": now.date(), "arm": TINY, "split_id": TINY}
        take_calls([
            Call(
                **about, ident=TINY, latency_ms=1, latency_bin=0, input_tokens=1, output_tokens=1,
                model=self.poison.one(200), status="error", unit_hash=None, cost=None,
                error=self.poison.one(500), tags=[TINY], variables={TINY: self.poison.some(500)},
                output=self.poison.some(500),
            )
        ])  # fmt: skip
        take_feedback([
            Feedback(
                **about, ident=TINY, log_ident=TINY, value=1.0, name=self.poison.one(64),
                kind="score", unit_hash=None, comment=self.poison.some(500),
            )
        ])  # fmt: skip
        waiting = Waiting(
            environment_id=ids["environment_id"], ident=TINY, log_ident=TINY, kind="score",
            name=self.poison.one(64), value=1.0, comment=self.poison.some(500), replaces=True,
        )  # fmt: skip
        wait_for_calls([waiting], key=self.side.key.pk)
        note_names([(ids["environment_id"], prompt.pk, "v1")], at=timezone.now())
        answer = self.poison.some(2000)
        answer_once(
            self.side.key.pk, token=self.poison.one(200), call="0" * 64,
            work=lambda: (200, answer),
        )  # fmt: skip

    # --- rules: after all else, for they ask for more ----------------------------------------

    def _rules(self) -> None:
        """Freezes to come and a lock; a looser rule that was approved, and one that waits."""
        side, second = self.side, self.author
        grant(side.space, capabilities=["manage"], to=second, actor=side.admin)
        self._override("development", locks=frozenset({Lock("note", side.team.pk)}))
        rule = self._override("production", freezes=self._freezes(), approvals=2)
        looser = self._looser(replace(terms_of(rule), approvals=1))
        approve_change(looser, reason=self.reason(), actor=second)
        rule.refresh_from_db()
        terms = terms_of(rule)
        stricter = replace(terms, freezes=terms.freezes | self._freezes())
        change_rule(rule, terms=stricter, reason=self.reason(), actor=side.admin)
        self._looser(terms)

    def _override(self, name: str, **more: Any) -> Rule:
        terms = replace(terms_of(rule_for(place(name), self.side.space)), **more)
        return override_rule(
            place(name), namespace=self.side.space, terms=terms, reason=self.reason(),
            actor=self.side.admin,
        )  # fmt: skip

    def _freezes(self) -> frozenset[Freeze]:
        return frozenset(
            Freeze("once", self.poison.one(80), "UTC", f"{year}-01-01T00:00", f"{year}-01-02T00:00")
            for year in (2090, 2091)
        )

    def _looser(self, terms: Terms) -> RuleChange:
        return propose_change(
            place("production"), namespace=self.side.space, kind="change", terms=terms,
            reason=self.reason(), actor=self.side.admin,
        )  # fmt: skip
