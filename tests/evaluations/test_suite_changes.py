"""What a suite asks since the last release that it let through: pure."""

from __future__ import annotations

import pytest

from apps.evaluations.checks import KINDS
from apps.evaluations.suite_changes import suite_change


def case(key, expected="yes", name="", **values):
    values = values or {"message": f"Case {key}"}
    return {"key": key, "name": name, "values": values, "expected": expected, "tags": []}


def check(key="k", kind="wording", required=False, weight=1.0, **settings):
    return {
        "key": key, "kind": kind, "settings": settings, "weight": weight, "required": required,
    }  # fmt: skip


def suite(cases=None, checks=None, threshold=None):
    known = [case("a"), case("b"), case("c")] if cases is None else cases
    asked = [check(at_least=0.8)] if checks is None else checks
    return {"schema": 1, "threshold": threshold, "cases": known, "checks": asked}


def test_same_suite_has_no_change_and_neither_has_another_order_or_tag():
    turned = suite(cases=[{**one, "tags": ["x"]} for one in reversed(suite()["cases"])])

    assert suite_change(suite(), suite()) is None
    assert suite_change(suite(), turned) is None


def test_removed_cases_and_a_loosened_check_are_said_with_what_they_were():
    found = suite_change(
        suite(), suite(cases=[case("a")], checks=[check(at_least=0.5)])
    )  # fmt: skip

    assert found.sentence == (
        "This suite changed since the last approved release: 2 cases removed, 1 check loosened."
    )
    assert found.easier is True
    old, new = (KINDS["wording"].sentence({"at_least": share}) for share in (0.8, 0.5))
    assert found.lines == ("Removed: “Case b” and “Case c”", f"“{old}” → “{new}”")


@pytest.mark.parametrize(
    ("before", "after", "said", "easier"),
    [
        (check(at_least=0.5), check(at_least=0.8), "1 check tightened", False),
        (check(at_least=0.5, required=True), check(at_least=0.5), "1 check loosened", True),
        (check(at_least=0.5), check(at_least=0.5, required=True), "1 check tightened", False),
        (check(at_least=0.5), check(at_least=0.5, weight=2), "1 check changed", False),
        (check(at_least=0.5), check(at_least=0.4, weight=2), "1 check changed", False),
        (
            check(kind="word_count", most=50), check(kind="word_count", most=80),
            "1 check loosened", True,
        ),
        (check(kind="word_count", most=50), check(kind="word_count"), "1 check loosened", True),
        (
            check(kind="word_count", least=5, most=50), check(kind="word_count", least=9, most=80),
            "1 check changed", False,
        ),
        (
            check(kind="contains", texts=["a"]), check(kind="contains", texts=["b"]),
            "1 check changed", False,
        ),
    ],
)  # fmt: skip
def test_way_in_which_a_check_changed(before, after, said, easier):
    found = suite_change(suite(checks=[before]), suite(checks=[after]))

    assert (found.counts, found.easier) == ((said,), easier)


def test_check_that_is_gone_and_a_lower_threshold_ask_less():
    both = [check(at_least=0.8), check("other", "equals")]

    gone = suite_change(suite(checks=both), suite(checks=both[:1]))
    lower = suite_change(suite(), suite(threshold=0.5))
    higher = suite_change(suite(threshold=0.5), suite())

    assert (gone.counts, gone.easier) == (("1 check removed",), True)
    assert lower.counts == ("a case needs 50 % of the score, no longer 100 %",)
    assert (lower.easier, higher.easier) == (True, False)


def test_more_cases_and_other_expected_answers_are_told_and_ask_no_less():
    others = [case("a", "no"), case("b", message="Else"), case("c"), case("d")]

    found = suite_change(suite(), suite(cases=others))

    assert found.counts == ("1 expected answer changed", "1 case changed", "1 case added")
    assert found.easier is False


def test_only_the_first_names_are_said():
    many = [case(str(number)) for number in range(9)]

    found = suite_change(suite(cases=many), suite(cases=[]))

    assert found.lines[0].endswith("“Case 4” and 4 more")
