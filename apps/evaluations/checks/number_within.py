from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.numbers import numbers_in, read_number
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, judged, skipped
from apps.evaluations.checks.words import number

WHICH = (("first", "the first number"), ("last", "the last number"), ("all", "every number"))


class NumberWithin(Kind):
    code = "number_within"
    label = "A number within"
    group = "Numbers"
    help = "A number in the answer lies between two others, or near the expected one."
    uses_expected = True
    fields = (
        Field("which", "Which number of the answer", "choice", "first", choices=WHICH),
        Field("low", "At least", "number", None, stricter="more"),
        Field("high", "At most", "number", None, stricter="less"),
        Field(
            "off", "Or at most so far from the expected answer", "number", None, low=0,
            stricter="less",
            help="Used where “at least” and “at most” are empty.",
        ),
    )  # fmt: skip

    def needs_expected(self, settings: Settings) -> bool:
        whole = self.filled(settings)
        return whole["low"] is None and whole["high"] is None

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        subject = dict(WHICH)[whole["which"]].capitalize()
        low, high = whole["low"], whole["high"]
        if low is not None and high is not None:
            return f"{subject} lies between {number(low)} and {number(high)}"
        if low is not None:
            return f"{subject} is at least {number(low)}"
        if high is not None:
            return f"{subject} is at most {number(high)}"
        return f"{subject} is at most {number(whole['off'] or 0)} from the expected one"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        low, high = settings["low"], settings["high"]
        if low is None and high is None and settings["off"] is None:
            return {"low": "Give a number here, at “at most”, or how far it may be off."}
        if low is not None and high is not None and low > high:
            return {"high": "This is smaller than “at least”."}
        return {}

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        low, high = settings["low"], settings["high"]
        if low is None and high is None:
            expected = next(iter(numbers_in(case.expected)), read_number(case.expected))
            if expected is None:
                return skipped(NO_EXPECTED)
            low, high = expected - settings["off"], expected + settings["off"]
        found = numbers_in(answer.text)
        if not found:
            return judged(False, "The answer holds no number.")
        chosen = {"first": found[:1], "last": found[-1:], "all": found}[settings["which"]]
        outside = [one for one in chosen if not _within(one, low, high)]
        if outside:
            return judged(False, f"{number(outside[0])} is outside.", found=outside[0])
        return judged(True, f"{number(chosen[0])} is within.", found=chosen[0])


def _within(one: float, low: float | None, high: float | None) -> bool:
    slack = 1e-9 * max(1.0, abs(one))
    return (low is None or one >= low - slack) and (high is None or one <= high + slack)
