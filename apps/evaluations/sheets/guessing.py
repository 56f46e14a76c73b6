"""Which column is what: a variable, the expected answer, tags, a name; or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

EXPECTED, TAGS, NAME, LEFT_OUT = "expected", "tags", "name", ""
VARIABLE = "variable:"
_EXPECTED = re.compile(
    r"^(?:(?:expected|ideal|reference|correct|gold|target|true)(?:_\w+)?|(?:\w+_)?expected|"
    r"answer|output|label|intent|completion|response|result|solution)$"
)
_TAGS = re.compile(r"^(?:tags?|slices?|categor(?:y|ies)|segments?|groups?|topics?|kinds?)$")
_NAME = re.compile(r"^(?:name|title|id|case|case_(?:name|id)|key|nr|no|number)$")
ALIKE = 85  # of 100, for names that are nearly the same


def guess(
    columns: Sequence[str], variables: Sequence[str], *, more: bool = False
) -> dict[str, str]:
    """Column → "variable:<name>", "expected", "tags", "name" or "" (left out).

    What a known variable is called wins; then the usual names of the other fields; what is left
    becomes the one variable that is left, or else a variable of its own name. `more`: variables
    that are not among the known ones may come too; where some are known they do not by themselves.
    """
    found = _known(columns, variables)
    for pattern, target in ((_EXPECTED, EXPECTED), (_TAGS, TAGS), (_NAME, NAME)):
        fitting = [one for one in columns if one not in found and pattern.match(plain(one))]
        if fitting:
            found[fitting[0]] = target
    rest = [column for column in columns if column not in found]
    free = [name for name in variables if f"{VARIABLE}{name}" not in found.values()]
    if len(rest) == len(free) == 1 and not (more and len(variables) > 1):
        found[rest[0]] = f"{VARIABLE}{free[0]}"
        rest = []
    taken = set(found.values())
    for column in rest:
        target = f"{VARIABLE}{_fresh(column, taken)}"
        found[column] = LEFT_OUT if variables and not more else target
        taken.add(target)
    return {column: found[column] for column in columns}


def _known(columns: Sequence[str], variables: Sequence[str]) -> dict[str, str]:
    """Columns that are called as a variable, exactly, then nearly."""
    from rapidfuzz import fuzz

    found: dict[str, str] = {}
    for column in columns:
        exact = [name for name in variables if plain(name) == plain(column)]
        if exact and f"{VARIABLE}{exact[0]}" not in found.values():
            found[column] = f"{VARIABLE}{exact[0]}"
    for name in variables:
        if f"{VARIABLE}{name}" in found.values():
            continue
        near = [
            (max(fuzz.ratio(plain(name), plain(column)), _part_of(name, column)), column)
            for column in columns
            if column not in found and not _EXPECTED.match(plain(column))
        ]
        if near and max(near)[0] >= ALIKE:
            found[max(near)[1]] = f"{VARIABLE}{name}"
    return found


def _part_of(name: str, column: str) -> float:
    """Whether one's words are all among the other's: message, customer_message."""
    a, b = set(plain(name).split("_")), set(plain(column).split("_"))
    return 90.0 if a and b and (a <= b or b <= a) else 0.0


def plain(column: str) -> str:
    """As a name of a variable: small letters, digits and _."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return re.sub(r"[^a-z0-9]+", "_", spaced.casefold()).strip("_")


def variable_name(column: str) -> str:
    """The nearest name that a variable may have."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,63}", column):
        return column
    name = plain(column) or "column"
    return (name if not name[0].isdigit() else f"column_{name}")[:64]


def _fresh(column: str, taken: Iterable[str]) -> str:
    name, count = variable_name(column), 2
    while f"{VARIABLE}{name}" in taken:
        name = f"{variable_name(column)[:60]}_{count}"
        count += 1
    return name


def problem_of(mapping: Mapping[str, str]) -> str:
    """Why a mapping cannot be; "" for one that can."""
    targets = [target for target in mapping.values() if target]
    if not targets:
        return "Say at least of one column what it is."
    twice = next((one for one in targets if targets.count(one) > 1), "")
    if twice:
        name = twice.removeprefix(VARIABLE)
        return f"Two columns are “{name}”. Choose something else for one of them."
    return ""
