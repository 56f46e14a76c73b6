"""Whom an experiment is for: a few conditions of what applications say of a unit. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.releases.assignment import OPERATORS, Condition

MOST_CONDITIONS = 3
MOST_VALUES = 20
LONGEST_VALUE = 100
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
OPERATOR_WORDS = {
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "starts_with": gettext_lazy("begins with one of"),
}


def audience_fits(conditions: Sequence[Condition]) -> Verdict:
    """Well-formed, and somebody can be in it: no attribute is asked for twice."""
    if len(conditions) > MOST_CONDITIONS:
        words = _("An audience has at most %(most)s conditions.") % {"most": MOST_CONDITIONS}
        return not_possible("bad_audience", words)
    names = [condition["attribute"] for condition in conditions]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        words = _("“%(name)s” is asked for twice. Put its values into one condition.")
        return not_possible("bad_audience", words % {"name": twice})
    wrong = next((words for each in conditions if (words := _wrong(each))), "")
    return not_possible("bad_audience", wrong) if wrong else ALLOW


def condition_words(condition: Condition) -> str:
    """ "plan is one of pro, team"."""
    operator = OPERATOR_WORDS.get(condition["operator"], condition["operator"])
    return f"{condition['attribute']} {operator} {', '.join(condition['values'])}"


def _wrong(condition: Condition) -> str:
    name, values = condition["attribute"], condition["values"]
    if not isinstance(name, str) or not NAME.fullmatch(name):
        words = _("“%(name)s” names no attribute. Use small letters, digits and _, such as plan.")
        return words % {"name": name}
    if condition["operator"] not in OPERATORS:
        return _("“%(name)s” has no such condition. Choose one of the list.") % {"name": name}
    if not 1 <= len(values) <= MOST_VALUES:
        words = _("Write one to %(most)s values of “%(name)s”, with commas between them.")
        return words % {"most": MOST_VALUES, "name": name}
    if not all(_is_value(value) for value in values):
        words = _("A value of “%(name)s” has 1 to %(most)s characters, all of them visible.")
        return words % {"most": LONGEST_VALUE, "name": name}
    return ""


def _is_value(value: Any) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= LONGEST_VALUE and value.isprintable()
