"""T1 to T7, T25, T27: five people and three keys try what they like, things break in between, and
what the delivery would serve is judged after every step by an account of its own (`oracle`)."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, OperationalError, connection
from django.db.models import IntegerField, Value

from apps.accounts.models import User
from apps.audit import trail
from apps.core.composed import Composed
from apps.core.errors import Invalid, Refused
from apps.delivery.problems import Problem
from apps.delivery.records import Served
from apps.delivery.store import Store
from apps.environments.key_actor import KeyActor
from apps.environments.models import ApiKey, Environment
from apps.environments.queries import live_release
from apps.prompts.models import Prompt, Version
from tests.releases.account import PLACES, Act, Seen
from tests.releases.oracle import Oracle
from tests.releases.world import World

PEOPLE = ("ann", "bob", "cleo", "dan", "eve")
KEYS = ("write", "release", "read")
PROMPTS = ("reply", "refund", "greeting")
FAULTS = 0.06  # of the steps meet one
JUDGED = ("gate_closed", "missing_right", "out_of_scope", "stale_release", "no_review")


_PERSON = Composed(lambda pk: User.objects.filter(pk=pk), int)
_PROMPT = Composed(lambda pk: Prompt.objects.select_related("namespace").filter(pk=pk), int)
_VERSION = Composed(
    lambda prompt, number: Version.objects.select_related("prompt__namespace").filter(
        prompt=prompt, number=Value(number, IntegerField())
    ),
    int,
    int,
)


def asked_anew(composed: Composed[Any], *values: int) -> Any:
    found = composed.first(*values)
    assert found is not None
    return found


class Fault(Exception):
    """The connection, the process or the disk gave up in the middle."""


@contextmanager
def failing_at(
    statement: int, error: type[Exception] = Fault, inside: bool = True
) -> Iterator[None]:
    """Break off at the n-th statement; `inside`: of a transaction, so before its commit."""
    seen = itertools.count(1)

    def before(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if (connection.in_atomic_block or not inside) and next(seen) == statement:
            raise error("broken off")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(before):
        yield


@dataclass
class Told:
    """What a run found. `strict`: refused although the account says that it was right."""

    steps: int = 0
    judged: int = 0
    holes: list[str] = field(default_factory=list)
    strict: list[str] = field(default_factory=list)
    guarded: list[str] = field(default_factory=list)  # stopped by the database alone
    outcomes: Counter[str] = field(default_factory=Counter)


class Workflow:
    def __init__(self, world: World, seed: int) -> None:
        from tests.releases.workflow_rights import begin

        trail.wake_subscribers = lambda: None  # what waits is done by an act of its own
        self.world, self.random, self.seed = world, random.Random(seed), seed
        self.oracle, self.told = Oracle(), Told()
        self.trying: Act | None = None
        self.at_work = PROMPTS[0]
        self.words = itertools.count(1)
        self.plans: dict[int, Act] = {}
        self.changes: dict[int, tuple[str, str, Any, str]] = {}
        self.ids: dict[str, int] = {}  # of prompts
        self.key_ids: dict[str, int] = {}
        begin(self)
        self.names = {pk: name for name, pk in self.ids.items()}
        self.places = {place.pk: name for name, place in world.places.items()}
        self.known: dict[tuple[str, str, int], tuple[int, ...]] = {}  # revision → what it serves
        self.labels: set[tuple[str, str, str, int]] = set()  # where each ever was
        self.right: dict[int, bytes] = {}  # answers that were judged, by identity
        self.near, self.far = self.fresh_store(), self.fresh_store()
        self.look(None)

    # Choosing

    def actor(self, name: str) -> Any:
        if name in self.key_ids:
            return KeyActor(ApiKey.objects.select_related("owner").get(pk=self.key_ids[name]))
        return asked_anew(_PERSON, self.world[name].pk)

    def somebody(self, right: str, place: str = "", *, keys: bool = True) -> str:
        """Mostly somebody who may, otherwise anybody."""
        everybody = [*PEOPLE, *(KEYS if keys else ())]
        able = [name for name in everybody if self.oracle.may(name, right, place)]
        return self.random.choice(able if able and self.random.random() < 0.85 else everybody)

    def prompt(self) -> str:
        """Mostly the same one for a while: things come to an end."""
        if self.random.random() < 0.1:
            self.at_work = self.random.choice(PROMPTS)
        return self.at_work if self.random.random() < 0.7 else self.random.choice(PROMPTS)

    def place(self) -> str:
        return self.random.choice(PLACES)

    def ready(self) -> tuple[str, str]:
        """A prompt and an environment, mostly with approvals that nobody used yet."""
        full = [where for where, one in self.oracle.reviews.items() if one.full and one.is_open]
        return self.random.choice(full) if full and self.random.random() < 0.6 else (
            self.prompt(), self.place(),
        )  # fmt: skip

    def number(self, prompt: str, place: str) -> int:
        """A version: mostly the one under review, else the newest or any."""
        count = len(self.oracle.prompts[prompt].versions)
        review = self.oracle.reviews.get((prompt, place))
        if review and self.random.random() < 0.7:
            return review.number
        return count if self.random.random() < 0.5 else self.random.randint(1, count)

    def row(self, prompt: str) -> Prompt:
        return asked_anew(_PROMPT, self.ids[prompt])

    def version(self, prompt: str, number: int) -> Version:
        return asked_anew(_VERSION, self.ids[prompt], number)

    def environment(self, place: str) -> Environment:
        return self.world.places[place]

    def expects(self, prompt: str, place: str) -> tuple[int | None, bool]:
        """The release that they saw live, and whether it is not live any more."""
        live = live_release(self.row(prompt), self.environment(place))
        if live is not None and self.random.random() < 0.04:
            return live.replaced_id, True
        return (live.pk if live else None), False

    # A step

    def run(self, steps: int, minutes: float = 0.0, first_hole: bool = False) -> Told:
        """So many steps; until that time is over (0: however long), or until the first hole."""
        until = time.monotonic() + minutes * 60 if minutes else float("inf")
        self.told.holes = self.oracle.holes
        while self.told.steps < steps and time.monotonic() < until:
            if first_hole and self.told.holes:
                break
            self.step()
        return self.told

    def step(self) -> None:
        from tests.releases.workflow_acts import ACTS

        act = self.random.choices(list(ACTS), list(ACTS.values()))[0]
        broken = failing_at(self.random.randint(1, 40)) if self.broken() else nullcontext()
        self.trying = None
        name = act.__name__
        done: Act | None = None
        try:
            with broken:
                done = act(self)
            outcome = "done"
        except Refused as refused:
            outcome = refused.code
            self.weigh(refused)
        except Invalid:
            outcome = "invalid"
        except Fault:
            outcome = "broken off"
        except DatabaseError as error:
            outcome = "guarded"
            self.told.guarded.append(f"{name} {self.trying}: {error}".strip())
        self.told.outcomes[f"{name}: {outcome}"] += 1
        self.told.steps += 1
        self.look(done)

    def broken(self) -> bool:
        return self.random.random() < FAULTS

    def weigh(self, refused: Refused) -> None:
        """A refusal of what the account says was right."""
        act = self.trying
        if act is None or refused.code not in JUDGED:
            return
        if not any(self.oracle.objection(act, prompt) for prompt in act.wanted):
            self.told.strict.append(f"{act}: {refused.code}: {refused.verdict.sentence}")

    # What is served

    def fresh_store(self) -> Store:
        store = Store()
        store.refresh()
        return store

    def look(self, act: Act | None) -> None:
        """The near store hears of everything; the far one misses most, and fails while it reads."""
        before = len(self.oracle.holes)
        self.near.refresh()
        self.oracle.observe(act, self.news())
        self.judge_labels()
        self.judge_keys()
        self.judge(self.near)
        self.move_far()
        if self.told.steps % 50 == 0:
            self.right.clear()  # every answer is read again
            restarted = self.fresh_store()
            self.judge(restarted)
            if served_by(restarted) != served_by(self.near):
                self.oracle.hole("a store that starts anew serves something else")
        for hole in range(before, len(self.oracle.holes)):
            words = f"seed {self.seed}, step {self.told.steps}: {self.oracle.holes[hole]}"
            self.oracle.holes[hole] = words

    def news(self) -> list[Seen]:
        found = []
        for (environment, prompt), served in self.near.live.items():
            place, name = self.places[environment], self.names[prompt]
            revision = self.oracle.revision(name, place)
            if served.revision == revision:
                continue
            if (served.revision or 0) < revision:
                self.oracle.hole(f"{name} in {place} went back to revision {served.revision}")
            arms = served.split["arms"] if served.split else ()
            shares = tuple((arm["version"], arm["weight"]) for arm in arms)
            found.append(Seen(name, place, served.revision or 0, served.number, shares))
            self.known[name, place, served.revision or 0] = whole(served)
        return found

    def judge(self, store: Store) -> None:
        """Every answer that a store would give: of each arm, of each label."""
        for (environment, prompt), served in store.live.items():
            name, place = self.names[prompt], self.places[environment]
            if self.known.get((name, place, served.revision or 0)) != whole(served):
                self.oracle.hole(f"{name} in {place}: served what revision never was: {served}")
            self.judge_answers(name, served)
        for (environment, prompt), named in store.labels.items():
            name, place = self.names[prompt], self.places[environment]
            for label, served in named.items():
                if (name, place, label, served.number) not in self.labels:
                    self.oracle.hole(f"label {label} of {name} in {place}: v{served.number}")
                self.judge_answers(name, served)

    def judge_answers(self, prompt: str, served: Served) -> None:
        arms = {arm["arm"]: arm["version"] for arm in served.split["arms"]} if served.split else {}
        everybody = next(iter(arms.values()), served.number)  # who does not say whom it is for
        for arm, number in {None: everybody, **arms}.items():
            data = served.body(None, arm).data
            if self.right.get(id(data)) is data:
                continue
            self.told.judged += 1
            if not self.oracle.is_text_of(prompt, number, json.loads(data)):
                self.oracle.hole(f"{prompt} v{number}: other bytes than were typed")
            self.right[id(data)] = data

    def judge_labels(self) -> None:
        found = {
            (self.names[prompt], self.places[environment], label): served.number
            for (environment, prompt), named in self.near.labels.items()
            for label, served in named.items()
        }
        if found != self.oracle.labels:
            self.oracle.hole(f"labels are {found}, not {self.oracle.labels}")
        self.labels |= {(*where, number) for where, number in found.items()}

    def judge_keys(self) -> None:
        for name, pk in self.key_ids.items():
            known = next((one for one in self.near.keys.values() if one.id == pk), None)
            if known is None or known.revoked != self.oracle.keys[name].revoked:
                self.oracle.hole(f"the key {name} is known as {known}")

    def move_far(self) -> None:
        chance = self.random.random()
        before = {place: served.revision or 0 for place, served in self.far.live.items()}
        if chance < 0.02:
            self.far = self.fresh_store()  # restarted from nothing
        elif chance < 0.12:
            broken = failing_at(self.random.randint(1, 4), OperationalError, inside=False)
            with broken if self.broken() else nullcontext():
                try:
                    self.far.refresh()
                except Problem:
                    self.told.outcomes["far store: away"] += 1
        else:
            return
        for place, revision in before.items():
            now = self.far.live.get(place)
            if now is None or (now.revision or 0) < revision:
                self.oracle.hole(f"{place} went back from revision {revision} to {now}")
        self.judge(self.far)


def whole(served: Served) -> tuple[int, ...]:
    """The versions that it serves."""
    arms = served.split["arms"] if served.split else ()
    return (served.number, *(arm["version"] for arm in arms))


def served_by(store: Store) -> dict[Any, Any]:
    live = {place: (one.revision, whole(one)) for place, one in store.live.items()}
    labels = {
        (place, name): served.number
        for place, named in store.labels.items()
        for name, served in named.items()
    }
    return {**live, **labels}
