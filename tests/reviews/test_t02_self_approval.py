"""T2: five people who may all do everything, and keys of three of them, edit, ask, approve and
release in any order; nothing goes live that only its own writers approved, and nobody is kept from
approving what they did not write. The oracle keeps its own account of who typed what: it reads
nothing of Galley's."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.core.errors import NotPossible, Refused
from apps.environments.actions import create_key
from apps.environments.key_actor import KeyActor
from apps.environments.models import Release
from apps.prompts.actions import make_version, restore_version
from apps.prompts.queries import draft_of
from apps.releases.actions import release_version, roll_back
from apps.releases.queries import live_release, rollback_targets
from apps.reviews.actions import request_changes, request_review
from apps.reviews.models import Decision, Review
from apps.reviews.queries import current_round, running_review
from apps.teams.actions import grant
from tests.releases.world import World, approve, edit

SEQUENCES = int(os.environ.get("GALLEY_T02_SEQUENCES", "20"))  # the bench run: 10,000
NAMES = ("author", "author2", "reviewer", "reviewer2", "releaser")
ALL = ("view", "comment", "edit", "review", "release", "publish")
PLACES = ("staging", "production")
OWNERS = ("author", "reviewer", "releaser")  # each has a key; what it edits counts as theirs
people = st.sampled_from(NAMES)
places = st.sampled_from(PLACES)
owners = st.sampled_from(OWNERS)


@dataclass
class Account:
    """What the oracle knows: who typed since the last version, who wrote each, what is live."""

    typing: set[str] = field(default_factory=set)
    writers: list[set[str]] = field(default_factory=list)  # of v1, v2 …
    live: dict[str, list[int]] = field(default_factory=lambda: {place: [] for place in PLACES})

    def version(self, who: str) -> None:
        self.writers.append(self.typing | {who})
        self.typing = set()

    def barred(self, number: int, place: str) -> set[str]:
        """Who wrote anything after what is live there, up to this version."""
        now = self.live[place][-1] if self.live[place] else 0
        first = now if now < number else 0
        return set().union(*self.writers[first:number])


def key_of(world: World, owner: str) -> KeyActor:
    key, _text = create_key(
        world.places["production"], name=f"Key of {owner}", kind="write",
        namespaces=[world.desk], owner=world[owner], actor=world.admin,
    )  # fmt: skip
    return KeyActor(key)


def machine(world: World, seen: Counter[str]) -> type[RuleBasedStateMachine]:
    names = {world[name].pk: name for name in NAMES}
    keys = {name: key_of(world, name) for name in OWNERS}

    class FivePeople(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.block = transaction.atomic()
            self.block.__enter__()
            self.prompt = world.prompt()
            self.account = Account(typing={"author"})  # who made the prompt wrote its first words
            self.words = 0
            self.checked: set[int] = set()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.block.__exit__(None, None, None)

        @rule(who=people)
        def types(self, who: str) -> None:
            self.words += 1
            edit(self.prompt, f"Words {self.words}", world[who])
            self.account.typing.add(who)

        @rule(who=owners)
        def types_with_a_key(self, who: str) -> None:
            self.words += 1
            edit(self.prompt, f"Words {self.words}", keys[who])
            self.account.typing.add(who)

        @rule(who=owners)
        def makes_a_version_with_a_key(self, who: str) -> None:
            try:
                make_version(draft_of(self.prompt), reason="Why", actor=keys[who])
            except NotPossible as refused:
                assert refused.code == "nothing_changed"
                return
            self.account.version(who)

        @rule(who=people)
        def makes_a_version(self, who: str) -> None:
            try:
                make_version(draft_of(self.prompt), reason="Why", actor=world[who])
            except NotPossible as refused:
                assert refused.code == "nothing_changed"
                return
            self.account.version(who)

        @rule(who=people, back=st.integers(0, 3))
        def restores(self, who: str, back: int) -> None:
            versions = list(self.prompt.versions.order_by("-number"))
            if back < len(versions):
                restore_version(versions[back], reason="Again", actor=world[who])
                # Words that come back are still the words of whoever wrote them.
                self.account.typing |= {who} | self.account.writers[versions[back].number - 1]

        @rule(who=people, place=places, itself=st.booleans())
        def asks(self, who: str, place: str, itself: bool) -> None:
            count = self.prompt.versions.count()
            try:
                with transaction.atomic():
                    request_review(
                        self.prompt, environment=world.places[place], reason="Why",
                        release_when_approved=itself, actor=world[who],
                    )  # fmt: skip
            except NotPossible as refused:
                again = self.changes_asked_for(place)
                assert refused.code in ("under_review", "already_live", *again)
            if self.prompt.versions.count() > count:
                self.account.version(who)

        def changes_asked_for(self, place: str) -> list[str]:
            """How the same text is refused with the same reason once somebody asked for changes."""
            review = running_review(self.prompt, world.places[place])
            return ["changes_asked_for"] if review and review.state == "changes_requested" else []

        @rule(who=people, place=places)
        def types_and_asks(self, who: str, place: str) -> None:
            self.types(who)
            self.asks(who, place, False)

        @precondition(lambda self: self.asked("open"))
        @rule(who=people, which=st.integers(0, 1))
        def approves(self, who: str, which: int) -> None:
            found = self.asked("open")
            review = found[which % len(found)]
            number, place = current_round(review).version.number, review.environment.name
            decided = current_round(review).decisions.filter(person=world[who]).exists()
            try:
                approve(review, world[who])
            except Refused as refused:
                code = refused.code
            else:
                code = "done"
            seen[f"approve: {code}"] += 1
            if who in self.account.barred(number, place):
                assert code == "own_edit"
            else:
                assert code == ("decided" if decided else "done")

        @precondition(lambda self: self.asked("open"))
        @rule()
        def a_writer_approves(self) -> None:
            review = self.asked("open")[0]
            number, place = current_round(review).version.number, review.environment.name
            self.approves(min(self.account.barred(number, place)), 0)

        @precondition(lambda self: self.asked("open"))
        @rule()
        def somebody_else_approves(self) -> None:
            review = self.asked("open")[0]
            number, place = current_round(review).version.number, review.environment.name
            free = [name for name in NAMES if name not in self.account.barred(number, place)]
            if free:
                self.approves(free[0], 0)

        @precondition(lambda self: self.asked("approved"))
        @rule(who=people, which=st.integers(0, 1))
        def releases_what_was_approved(self, who: str, which: int) -> None:
            found = self.asked("approved")
            review = found[which % len(found)]
            back = self.prompt.versions.count() - current_round(review).version.number
            self.releases(who, review.environment.name, back)

        def asked(self, state: str) -> list[Review]:
            rows = Review.objects.filter(prompt=self.prompt, state=state)
            return list(rows.select_related("environment", "prompt__namespace").order_by("pk"))

        @rule(who=people, place=places)
        def asks_for_changes(self, who: str, place: str) -> None:
            review = running_review(self.prompt, world.places[place])
            if review is None or review.state != "open":
                return
            shown = current_round(review).version.content_hash
            try:
                request_changes(review, content_hash=shown, reason="No", actor=world[who])
            except Refused as refused:
                assert refused.code in ("own_edit", "decided")

        @rule(who=people, place=places, back=st.integers(0, 1))
        def releases(self, who: str, place: str, back: int) -> None:
            versions = list(self.prompt.versions.order_by("-number"))
            if back >= len(versions):
                return
            live = live_release(self.prompt, world.places[place])
            try:
                release_version(
                    self.prompt, version=versions[back], environment=world.places[place],
                    expects=live.pk if live else None, actor=world[who],
                )  # fmt: skip
            except NotPossible as refused:
                assert refused.code in ("gate_closed", "already_live")
            self.check_new_releases()

        @rule(who=people, place=places)
        def rolls_back(self, who: str, place: str) -> None:
            targets = rollback_targets(self.prompt, world.places[place])
            if targets:
                live = live_release(self.prompt, world.places[place])
                roll_back(
                    self.prompt, environment=world.places[place], version=targets[0].version,
                    expects=live.pk, reason="Worse", actor=world[who],
                )  # fmt: skip
            self.check_new_releases()

        @rule(who=people)
        def goes_all_the_way(self, who: str) -> None:
            """One text through both places, if nobody's earlier steps stand in its way."""
            self.types(who)
            for place in PLACES:
                self.asks(who, place, False)
                if self.asked("open"):
                    self.somebody_else_approves()
                self.releases(who, place, 0)

        def check_new_releases(self) -> None:
            """Each release since the last look stands on somebody who did not write it."""
            rows = Release.objects.filter(prompt=self.prompt).exclude(pk__in=self.checked)
            taken_along = {}
            for release in rows.order_by("pk").select_related("version", "environment"):
                place, number = release.environment.name, release.version.number
                taken_along[place] = number
                seen[f"{release.how} in {place}"] += 1
                if release.how == "roll_back":
                    assert number in self.account.live[place]
                else:
                    assert self.independent(release.version_id, number, place)
                self.checked.add(release.pk)
            for place, number in taken_along.items():
                self.account.live[place].append(number)

        def independent(self, version: int, number: int, place: str) -> bool:
            """Somebody approved this version for this place, or for the one after it, who wrote
            nothing of it since what is live there."""
            targets = PLACES[PLACES.index(place) :]
            rows = Decision.objects.filter(round__version=version, kind="approve")
            return any(
                names[row.person_id] not in self.account.barred(number, target)
                for target in targets
                for row in rows.filter(round__review__environment__name=target)
            )

        @invariant()
        def what_is_live_is_what_the_account_says(self) -> None:
            for place, numbers in self.account.live.items():
                release = live_release(self.prompt, world.places[place])
                assert (release.version.number if release else None) == (
                    numbers[-1] if numbers else None
                )

    return FivePeople


def test_t02_nobody_releases_what_only_its_writers_approved(world):
    for name in NAMES:
        grant(world.desk, capabilities=ALL, to=world[name], actor=world.admin)

    seen: Counter[str] = Counter()
    run_state_machine_as_test(
        machine(world, seen),
        settings=settings(
            max_examples=SEQUENCES, stateful_step_count=12, deadline=None, print_blob=True,
            derandomize="GALLEY_T02_SEQUENCES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
    # The sequences did go where it matters.
    assert seen["approve: done"] and seen["approve: own_edit"]
    assert seen["publish in staging"] and seen["promote in production"]


def test_t02_the_oracle_bars_writers_after_what_is_live():
    account = Account(writers=[{"a"}, {"b"}, {"c"}], live={"staging": [1], "production": []})

    assert account.barred(3, "staging") == {"b", "c"}
    assert account.barred(3, "production") == {"a", "b", "c"}
    assert account.barred(1, "staging") == {"a"}
