"""A comparison in plain words, from a fixed table: what was seen, and no more than it shows."""

from __future__ import annotations

from apps.evaluations.statistics.paired import Comparison

READ = " Read the {newly} that newly {fail}."


def headline(found: Comparison, after: str) -> str:
    """ "v14 fixes five cases and breaks two"."""
    if found.n == 0:
        return f"No case of {after} could be compared"
    parts = []
    if found.fixed:
        parts.append(f"fixes {cases(found.fixed)}")
    if found.newly_failing:
        parts.append(f"breaks {cases(found.newly_failing)}")
    return f"{after} {' and '.join(parts)}" if parts else f"{after} changes no verdict"


def sentence(found: Comparison, before: str, after: str) -> str:
    """What the paired cases say about the two in general."""
    words = _finding(found, before, after)
    if found.newly_failing and found.sentence_code != "few":
        words += READ.format(newly=found.newly_failing, fail=_fail(found.newly_failing))
    if found.could_not_run:
        words += f" {cases(found.could_not_run, True)} could not run and {_are_in(found)}."
    return words


def _finding(found: Comparison, before: str, after: str) -> str:
    code, general = found.sentence_code, f"too few to call {after} better or worse in general"
    if code == "nothing":
        return f"No case ran with both {before} and {after}, so nothing can be compared."
    if code == "equal":
        return _equal(found, before, after)
    if code == "few":
        are = "is" if found.n == 1 else "are"
        return f"{cases(found.n, True)} {are} {general}: read them one by one."
    if code == "undecided":
        return f"{_differ(found)} {general}."
    return f"{after} is {code} than {before} on cases like these: {_range(found)}."


def _equal(found: Comparison, before: str, after: str) -> str:
    """No difference is no praise: what fails with both is said."""
    if found.both_fail == found.n:
        words = f"{_all(found.n)} {_fail(found.n)} with {before} and with {after}"
        return f"{words}, so they do not tell the two apart."
    come = "comes" if found.n == 1 else "come"
    words = f"{_all(found.n)} {come} out the same with {before} and {after}"
    if not found.both_fail:
        return f"{words}."
    return f"{words}; {cases(found.both_fail)} {_fail(found.both_fail)} with both."


def _all(many: int) -> str:
    if many > 2:
        return f"All {cases(many)}"
    return "The one case" if many == 1 else "Both cases"


def _fail(many: int) -> str:
    return "fails" if many == 1 else "fail"


def cases(many: int, capital: bool = False) -> str:
    word = _NUMBERS[many] if many < len(_NUMBERS) else f"{many:,}"
    return f"{word.capitalize() if capital else word} {'case' if many == 1 else 'cases'}"


_NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip


def _are_in(found: Comparison) -> str:
    return "is in neither" if found.could_not_run == 1 else "are in neither"


def _differ(found: Comparison) -> str:
    verdicts = found.fixed + found.newly_failing
    if not verdicts:
        return "The scores differ by"
    return f"{cases(verdicts, True)} {'differs' if verdicts == 1 else 'differ'}, which is"


def _range(found: Comparison) -> str:
    assert found.difference is not None and found.low is not None and found.high is not None
    low, high = sorted((abs(found.low), abs(found.high)))
    way = "more" if found.difference > 0 else "fewer"
    seen = f"{abs(found.difference) * 100:.1f} points {way} of 100"
    return f"{seen}, and with 95 % confidence between {low * 100:.1f} and {high * 100:.1f}"
