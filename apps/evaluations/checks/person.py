"""Kinds that people judge. A run leaves them open; `rate` makes the verdict of what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, judged
from apps.evaluations.checks.words import listed, quoted

QUESTION = Field("question", "What to ask them", "text", "Is this a good answer?", required=True)
RATERS = Field(
    "raters", "How many people rate each answer", "number", 1, low=1, high=5, required=True,
    help="With fewer ratings the check waits.",
)  # fmt: skip
WAITS = "Nobody has rated this answer yet."
STRANGE = "A rating is none of those that this check knows."


@dataclass(frozen=True)
class Option:
    """One rating that can be given; `code` stands for its value in a form."""

    code: str
    value: Any
    label: str


class ByPerson(Kind):
    """What a verdict here says in its data (`people`, `waiting`) marks it as one that may change
    with the ratings; the database holds every other verdict as it is."""

    group = "Judged"
    needs = frozenset({"person"})
    scale: ClassVar[Literal["nominal", "ordinal"]] = "nominal"

    def rate(self, ratings: Sequence[Any], settings: Settings) -> Verdict:
        """The verdict of all ratings of one answer; several people may have rated it."""
        whole, people = self.filled(settings), len(ratings)
        if not ratings:
            return could_not_run(WAITS, waiting=True)
        shares = [self.share(rating, whole) for rating in ratings]
        known = [share for share in shares if share is not None]
        if len(known) < people:
            return could_not_run(STRANGE, people=people)
        if people < whole["raters"]:
            words = f"{people} of {whole['raters']:g} people have rated it."
            return could_not_run(words, waiting=True, people=people)
        mean = sum(known) / people
        passes = mean >= self.needed(whole) - 1e-9
        return judged(
            passes,
            f"{'1 person' if people == 1 else f'{people} people'} rated it.",
            mean,
            people=people,
        )

    def decide(self, value: Any, settings: Settings) -> Verdict:
        """The verdict of the one value that somebody settled on."""
        share = self.share(value, self.filled(settings))
        if share is None:
            return could_not_run(STRANGE, people=1)
        words = f"People disagreed; it was decided: {self.word(value, settings)}."
        return judged(bool(self.good(value, settings)), words, share, people=1)

    def good(self, value: Any, settings: Settings) -> bool | None:
        """Whether this rating alone would pass; None for one that cannot be."""
        whole = self.filled(settings)
        share = self.share(value, whole)
        return None if share is None else share >= self.needed(whole) - 1e-9

    def options(self, settings: Settings) -> list[Option]:
        """Every rating that can be given, in the order in which they are shown."""
        raise NotImplementedError

    def word(self, value: Any, settings: Settings) -> str:
        """A rating for people."""
        found = (one.label for one in self.options(settings) if same(one.value, value))
        return next(found, str(value))

    def share(self, rating: Any, settings: Settings) -> float | None:
        """A rating as a share of the best; None for one that cannot be."""
        raise NotImplementedError

    def needed(self, settings: Settings) -> float:
        """The mean share that passes."""
        return 0.5

    def people(self, whole: Settings) -> str:
        return "people" if whole["raters"] < 2 else f"{whole['raters']:g} people"


def same(one: Any, other: Any) -> bool:
    """True is no 1 here: a thumb is none of the points."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


class PersonScale(ByPerson):
    code = "person_scale"
    label = "Judged by a person: points"
    help = "People give points."
    scale = "ordinal"
    fields = (
        QUESTION,
        Field("high", "Points from 1 to", "number", 5, low=2, high=10, required=True),
        Field(
            "at_least", "Passes with", "number", 4, low=1, high=10, required=True, stricter="more"
        ),
        RATERS,
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        points = f"at least {whole['at_least']:g} of {whole['high']:g}"
        return f"Rated by {self.people(whole)}: {quoted(whole['question'])}, {points}"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        if settings["at_least"] > settings["high"]:
            return {"at_least": "This is more than the most points."}
        return {}

    def share(self, rating: Any, settings: Settings) -> float | None:
        if isinstance(rating, bool) or not isinstance(rating, int | float):
            return None
        inside = 1 <= rating <= settings["high"]
        return (rating - 1) / (settings["high"] - 1) if inside else None

    def needed(self, settings: Settings) -> float:
        return float((settings["at_least"] - 1) / (settings["high"] - 1))

    def options(self, settings: Settings) -> list[Option]:
        high = int(self.filled(settings)["high"])
        return [Option(str(point), point, str(point)) for point in range(1, high + 1)]


class PersonThumbs(ByPerson):
    code = "person_thumbs"
    label = "Judged by a person: good or bad"
    help = "People say good or bad."
    fields = (QUESTION, RATERS)

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        return f"Found good by {self.people(whole)}: {quoted(whole['question'])}"

    def share(self, rating: Any, settings: Settings) -> float | None:
        return float(rating) if isinstance(rating, bool) else None

    def needed(self, settings: Settings) -> float:
        return 0.5 + 1e-6  # more than half of them

    def options(self, settings: Settings) -> list[Option]:
        return [Option("y", True, "Good"), Option("n", False, "Bad")]


class PersonChoice(ByPerson):
    code = "person_choice"
    label = "Judged by a person: choice"
    help = "People choose one of several words for the answer."
    fields = (
        QUESTION,
        Field("choices", "The choices, one in each line", "lines", [], required=True),
        Field("good", "Those that pass, one in each line", "lines", [], required=True),
        RATERS,
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        who = self.people(whole)
        return f"{who[0].upper()}{who[1:]} say {listed(whole['good'], 'or')} of it"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        if len(set(settings["choices"])) < 2:
            return {"choices": "Give at least two."}
        strange = [one for one in settings["good"] if one not in settings["choices"]]
        return {"good": f"{quoted(strange[0])} is none of the choices."} if strange else {}

    def share(self, rating: Any, settings: Settings) -> float | None:
        return float(rating in settings["good"]) if rating in settings["choices"] else None

    def needed(self, settings: Settings) -> float:
        return 0.5 + 1e-6

    def options(self, settings: Settings) -> list[Option]:
        choices = self.filled(settings)["choices"]
        return [Option(str(n), one, one) for n, one in enumerate(dict.fromkeys(choices), 1)]
