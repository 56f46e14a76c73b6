"""An account of its own of what may be live: who wrote what, who approved which version for which
environment and when, what went live, and which rule held.

Written from the rules of the domain. It reads nothing of Galley and imports nothing of it: it is
told what was done, and judges what is served.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.releases.account import (
    KEYS_MAY,
    PLACES,
    PROTECTED,
    RIGHT,
    Act,
    Key,
    Live,
    Prompt,
    Review,
    Seen,
    Terms,
    Version,
)

BY_GATES = ("release", "share", "galley", "run", "bundle")  # acts that pass the gates
SHORTEST_REASON = 20


class Oracle:
    def __init__(self) -> None:
        self.rights: dict[str, set[str]] = {}
        self.off: set[str] = set()
        self.teams: dict[str, set[str]] = {"leads": set()}
        self.keys: dict[str, Key] = {}
        self.prompts: dict[str, Prompt] = {}
        self.reviews: dict[tuple[str, str], Review] = {}
        self.live: dict[tuple[str, str], list[Live]] = {}
        self.labels: dict[tuple[str, str, str], int] = {}
        self.rules: dict[tuple[str, str], Terms] = {}  # by environment, and "" or "desk"
        self.planned: dict[int, int] = {}  # plan → the revision that was live when it was made
        self.now = 0.0  # days
        self.holes: list[str] = []

    def hole(self, words: str) -> None:
        self.holes.append(words)

    # Who may

    def may(self, actor: str, right: str, place: str = "") -> bool:
        key = self.keys.get(actor)
        if key is None:
            return actor not in self.off and right in self.rights.get(actor, set())
        if key.revoked or right not in KEYS_MAY[key.kind] or (place and place != key.place):
            return False
        return self.may(key.owner, right)

    def people(self, actor: str) -> set[str]:
        """Whose doing it is: of a key, its owner's and that of whoever saw its secret."""
        key = self.keys.get(actor)
        return {key.owner, key.maker} if key else {actor}

    def needs(self, actor: str, right: str, place: str = "") -> None:
        if not self.may(actor, right, place):
            self.hole(f"{actor} did what needs {right} {place}")

    # Words

    def typed(self, prompt: str, actor: str, text: str) -> None:
        self.needs(actor, "edit")
        self.prompts[prompt].text = text
        self.prompts[prompt].typing |= self.people(actor)

    def made_version(self, prompt: str, actor: str, content_hash: str) -> None:
        found = self.prompts[prompt]
        writers = found.typing | self.people(actor)
        found.versions.append(Version(found.text, content_hash, writers))
        found.typing = set()

    def restored(self, prompt: str, actor: str, number: int) -> None:
        self.needs(actor, "edit")
        found, old = self.prompts[prompt], self.version(prompt, number)
        found.text = old.text
        found.typing |= self.people(actor) | old.writers

    def version(self, prompt: str, number: int) -> Version:
        return self.prompts[prompt].versions[number - 1]

    # Reviews

    def asked(self, prompt: str, place: str, actor: str, number: int, by_itself: bool) -> None:
        if not any(self.may(actor, right, place) for right in ("edit", "release", "publish")):
            self.hole(f"{actor} asked for a review")
        asker = self.keys[actor].owner if actor in self.keys else actor
        self.reviews[prompt, place] = Review(number, asker, by_itself)

    def approved(self, prompt: str, place: str, actor: str, shown: int) -> None:
        """`shown`: the revision that was live when they looked."""
        self.needs(actor, "review")
        if actor in self.keys:
            self.hole(f"{actor}, a key, approved")
        review = self.reviews[prompt, place]
        if actor in self.barred(prompt, review.number, place) and not self.own_allowed(place):
            self.hole(f"{actor} approved their own {prompt} v{review.number}")
        review.approvals[actor] = (self.now, shown)
        needed = max(1, self.rule(place).approvals)
        review.full = len(self.approvals(prompt, place, review.number)) >= needed

    def changes(self, prompt: str, place: str, actor: str) -> None:
        self.needs(actor, "review")
        self.reviews[prompt, place].state = "changes"

    def withdrawn(self, prompt: str, place: str) -> None:
        self.reviews[prompt, place].state = "withdrawn"

    def barred(self, prompt: str, number: int, place: str) -> set[str]:
        """Who wrote anything after what is live there, up to this version."""
        now = self.number(prompt, place) or 0
        first = now if now < number else 0
        return set().union(*(v.writers for v in self.prompts[prompt].versions[first:number]))

    # Rules

    def rule(self, place: str) -> Terms:
        above = self.rules[place, ""]
        here = self.rules.get((place, "desk"), above)
        if above.frozen and not here.frozen:  # a freeze above holds as well
            return replace(here, frozen=True)
        return here

    def own_allowed(self, place: str) -> bool:
        return self.rule(place).own and place != PROTECTED

    def rule_set(
        self, place: str, where: str, terms: Terms | None, actor: str, second: str = ""
    ) -> None:
        """`terms` None: the rule of the desk is taken away. `second`: who approved it."""
        above = self.rules[place, ""]
        before = self.rules.get((place, where), replace(above, frozen=False))
        after = terms or above
        self.needs(actor, "manage" if where else "manage all")
        if place == PROTECTED and after.asks_less_than(before):
            if not second or second == actor:
                self.hole(f"{actor} loosened the rule of {place} alone: {before} → {after}")
            else:
                self.needs(second, "manage" if where else "manage all")
        if terms is None:
            del self.rules[place, where]
        else:
            self.rules[place, where] = terms

    # What is live

    def number(self, prompt: str, place: str) -> int | None:
        found = self.live.get((prompt, place))
        return found[-1].number if found else None

    def revision(self, prompt: str, place: str) -> int:
        return len(self.live.get((prompt, place), ()))

    def was_live(self, prompt: str, place: str, number: int) -> bool:
        return any(one.number == number for one in self.live.get((prompt, place), ()))

    def went_through(self, prompt: str, place: str, number: int) -> bool:
        """Live there for everybody, through the gates."""
        return any(
            one.number == number and not one.arms and one.kind in (*BY_GATES, "step")
            for one in self.live.get((prompt, place), ())
        )

    def arms(self, prompt: str, place: str) -> tuple[tuple[int, int], ...]:
        found = self.live.get((prompt, place))
        return found[-1].arms if found else ()

    # Judgement

    def approvals(self, prompt: str, place: str, number: int) -> set[str]:
        """Who approved this version for this environment or a later one, and still counts."""
        terms, found = self.rule(place), set()
        for target in PLACES[PLACES.index(place) :]:
            review = self.reviews.get((prompt, target))
            if review is None or review.number != number or not review.is_open:
                continue
            own = set() if self.own_allowed(place) else self.barred(prompt, number, target)
            for person, (at, over) in review.approvals.items():
                same = self.rule(target).survive or over == self.revision(prompt, target)
                young = self.now - at < terms.days
                if person not in own and same and young and self.qualifies(person, terms):
                    found.add(person)
        return found

    def qualifies(self, person: str, terms: Terms) -> bool:
        teams = [self.teams[name] for name in terms.teams]
        return self.may(person, "review") and (not teams or any(person in team for team in teams))

    def refused_by_a_reviewer(self, prompt: str, place: str, number: int) -> bool:
        found = (self.reviews.get((prompt, target)) for target in PLACES[PLACES.index(place) :])
        return any(one and one.number == number and one.state == "changes" for one in found)

    def enough(self, prompt: str, place: str, number: int) -> str:
        """What the approvals lack, "" for nothing."""
        needed = self.rule(place).approvals
        if needed == 0:
            return ""
        if self.refused_by_a_reviewer(prompt, place, number):
            return "somebody asked for changes"
        given = self.approvals(prompt, place, number)
        return "" if len(given) >= needed else f"{len(given)} of {needed} approvals"

    def before(self, prompt: str, place: str, number: int) -> list[str]:
        """The environments before it whose gates this version never went through."""
        if not self.rule(place).in_order:
            return []
        earlier = PLACES[: PLACES.index(place)]
        return [one for one in earlier if not self.went_through(prompt, one, number)]

    def along(self, prompt: str, place: str, number: int) -> list[str]:
        """Those of them that get this version too."""
        found = self.before(prompt, place, number)
        return [one for one in found if self.number(prompt, one) != number]

    def gates(self, prompt: str, place: str, number: int) -> str:
        """What stands in the way, "" for nothing."""
        for one in (*self.before(prompt, place, number), place):
            running = self.arms(prompt, one)
            if one != place and running and running[-1][0] == number:
                return f"it has only {running[-1][1]} % of {one}"
            if self.rule(one).frozen:
                return f"{one} is frozen"
            if lacks := self.enough(prompt, one, number):
                return f"{lacks} for {one}"
        return ""

    def right_to_release(self, act: Act, prompt: str, number: int) -> str:
        """Whose right it stands on, in every environment that it goes to; "" when it does."""
        if act.kind == "galley":
            return self.standing_authority(prompt, act.place, number)
        who = act.behind or act.actor
        for one in (*self.along(prompt, act.place, number), act.place):
            if not self.may(who, RIGHT[one], one):
                return f"{who} may not release to {one}"
        return ""

    def standing_authority(self, prompt: str, place: str, number: int) -> str:
        review = self.reviews.get((prompt, place))
        if review is None or review.number != number or not review.is_open:
            return "no review of this version runs"
        if not (review.by_itself or self.rule(place).by_itself):
            return "neither the rule nor the author said that it goes by itself"
        if not any(self.may(review.asker, right) for right in ("edit", "release")):
            return f"{review.asker}, who asked, lost the right"
        return "" if self.approvals(prompt, place, number) else "nobody approved it"

    def objection(self, act: Act, prompt: str) -> str:
        """Why this version could not go live by this act, "" when it could."""
        number, place = act.wanted[prompt], act.place
        if act.stale:
            return "something else was live than they saw"
        if act.kind == "glass":
            ok = self.may(act.actor, "break_glass") and act.actor not in self.keys and act.fresh
            return "" if ok and len(act.reason.strip()) >= SHORTEST_REASON else "the glass held"
        if act.kind in ("back", "step") and not self.may(act.actor, RIGHT[place], place):
            return f"{act.actor} may not release to {place}"
        if act.kind == "back":
            if not self.was_live(prompt, place, number):
                return "it was never live there"
            return self.enough(prompt, place, number) if self.rule(place).back else ""
        if act.kind == "step":
            return self.step_objection(act, prompt)
        return self.right_to_release(act, prompt, number) or self.gates(prompt, place, number)

    def step_objection(self, act: Act, prompt: str) -> str:
        arms = self.arms(prompt, act.place)
        if not arms or arms[-1][0] != act.wanted[prompt]:
            return "no such rollout runs"
        more = act.share > arms[-1][1]
        return "it is frozen" if more and self.rule(act.place).frozen else ""

    def expected_arms(self, act: Act, prompt: str) -> tuple[tuple[int, int], ...]:
        if act.share == 100:
            return ()
        running = self.arms(prompt, act.place)
        first = running[0][0] if act.kind == "step" and running else self.number(prompt, act.place)
        return ((first or 0, 100 - act.share), (act.wanted[prompt], act.share))

    def observe(self, act: Act | None, seen: list[Seen]) -> None:
        """Judge what is newly served after an act (None: nobody did anything)."""
        left = {(one.prompt, one.place): one for one in seen}
        new: list[tuple[Seen, str]] = []
        for prompt, number in (act.wanted if act else {}).items():
            assert act
            if words := self.objection(act, prompt):
                self.hole(f"{act.kind} of {prompt} v{number} in {act.place}: {words}")
            arms = self.expected_arms(act, prompt)
            alone = act.kind in ("back", "step", "glass")
            for place in [*([] if alone else self.along(prompt, act.place, number)), act.place]:
                one = left.pop((prompt, place), None)
                wanted = Seen(
                    prompt, place, self.revision(prompt, place) + 1, number,
                    arms if place == act.place else (),
                )  # fmt: skip
                if one != wanted:
                    self.hole(f"{act.kind}: served {one}, not {wanted}")
                new.append((wanted, act.kind))
        for one in left.values():
            self.hole(f"nobody released {one} ({act})")
            new.append((one, "unknown"))
        for one, kind in new:
            self.went_live(one, kind)

    def went_live(self, one: Seen, kind: str) -> None:
        self.live.setdefault((one.prompt, one.place), []).append(Live(one.number, kind, one.arms))
        review = self.reviews.get((one.prompt, one.place))
        if review is None or not review.is_open:
            return
        if review.number == one.number:
            review.state = "closed"
        elif review.full and not self.rule(one.place).survive:
            review.state = "overtaken"

    def label_moved(
        self, prompt: str, place: str, name: str, number: int | None, actor: str
    ) -> None:
        """`number` None: taken away."""
        self.needs(actor, RIGHT[place], place)
        if number is None:
            del self.labels[prompt, place, name]
            return
        if words := self.label_objection(prompt, place, number):
            self.hole(f"label {name} on {prompt} v{number} in {place}: {words}")
        self.labels[prompt, place, name] = number

    def label_objection(self, prompt: str, place: str, number: int) -> str:
        if not self.was_live(prompt, place, number):
            return "it was never live there"
        if self.rule(place).frozen:
            return "it is frozen"
        passed = any(
            one.number == number and one.kind in BY_GATES for one in self.live[prompt, place]
        )
        now = self.number(prompt, place) == number
        if passed and (now or not self.rule(place).back):
            return ""
        return self.enough(prompt, place, number)

    def is_text_of(self, prompt: str, number: int, answer: dict[str, Any]) -> bool:
        """Whether an answer holds exactly what the people who made this version typed."""
        versions = self.prompts[prompt].versions
        if not 1 <= number <= len(versions):
            return False
        version, said = versions[number - 1], [m["content"] for m in answer["messages"]]
        return (answer["version"], answer["content_hash"], said) == (
            number, version.content_hash, [version.text],
        )  # fmt: skip
