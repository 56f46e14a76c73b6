"""Kinds that people judge. A run leaves them open; `rate` makes the verdict of what they gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, judged
from apps.evaluations.checks.words import count, listed, quoted

QUESTION = Field("question", "What to ask them", "text", "Is this a good answer?", required=True)
WAITS = "Nobody has rated this answer yet."
STRANGE = "A rating is none of those that this check knows."


class ByPerson(Kind):
    group = "Judged"
    needs = frozenset({"person"})

    def rate(self, ratings: Sequence[Any], settings: Settings) -> Verdict:
        """The verdict of all ratings of one answer; several people may have rated it."""
        if not ratings:
            return could_not_run(WAITS, waiting=True)
        shares = [self.share(rating, self.filled(settings)) for rating in ratings]
        known = [share for share in shares if share is not None]
        if len(known) < len(shares):
            return could_not_run(STRANGE)
        mean = sum(known) / len(known)
        passes = mean >= self.needed(self.filled(settings)) - 1e-9
        return judged(passes, f"{count(len(ratings), 'person')} rated it.", mean)

    def share(self, rating: Any, settings: Settings) -> float | None:
        """A rating as a share of the best; None for one that cannot be."""
        raise NotImplementedError

    def needed(self, settings: Settings) -> float:
        """The mean share that passes."""
        return 0.5


class PersonScale(ByPerson):
    code = "person_scale"
    label = "Judged by a person: points"
    help = "People give points."
    fields = (
        QUESTION,
        Field("high", "Points from 1 to", "number", 5, low=2, high=10, required=True),
        Field("at_least", "Passes with", "number", 4, low=1, high=10, required=True),
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        points = f"at least {whole['at_least']:g} of {whole['high']:g}"
        return f"Rated by people: {quoted(whole['question'])}, {points}"

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


class PersonThumbs(ByPerson):
    code = "person_thumbs"
    label = "Judged by a person: good or bad"
    help = "People say good or bad."
    fields = (QUESTION,)

    def sentence(self, settings: Settings) -> str:
        return f"Found good by people: {quoted(self.filled(settings)['question'])}"

    def share(self, rating: Any, settings: Settings) -> float | None:
        return float(rating) if isinstance(rating, bool) else None

    def needed(self, settings: Settings) -> float:
        return 0.5 + 1e-6  # more than half of them


class PersonChoice(ByPerson):
    code = "person_choice"
    label = "Judged by a person: choice"
    help = "People choose one of several words for the answer."
    fields = (
        QUESTION,
        Field("choices", "The choices, one in each line", "lines", [], required=True),
        Field("good", "Those that pass, one in each line", "lines", [], required=True),
    )

    def sentence(self, settings: Settings) -> str:
        return f"People say {listed(self.filled(settings)['good'], 'or')} of it"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        if len(set(settings["choices"])) < 2:
            return {"choices": "Give at least two."}
        strange = [one for one in settings["good"] if one not in settings["choices"]]
        return {"good": f"{quoted(strange[0])} is none of the choices."} if strange else {}

    def share(self, rating: Any, settings: Settings) -> float | None:
        return float(rating in settings["good"]) if rating in settings["choices"] else None

    def needed(self, settings: Settings) -> float:
        return 0.5 + 1e-6
