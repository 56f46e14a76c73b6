from __future__ import annotations

import math
import random

import numpy as np
import pytest

from apps.evaluations.statistics import (
    agreement_words,
    alpha,
    classification,
    compare,
    difference_interval,
    headline,
    kappa,
    mcnemar,
    sentence,
    share_interval,
    table,
)
from tests.evaluations.simulated import graded, held, passing


def verdicts(both_pass=0, fixed=0, newly=0, both_fail=0, could_not_run=0):
    before = [1] * both_pass + [0] * fixed + [1] * newly + [0] * both_fail + [None] * could_not_run
    after = [1] * both_pass + [1] * fixed + [0] * newly + [0] * both_fail + [1] * could_not_run
    return before, after


def compared(**counts):
    return compare(*verdicts(**counts))


def test_compare_counts_pairs_and_leaves_out_what_could_not_run():
    found = compared(both_pass=110, fixed=5, newly=2, both_fail=3, could_not_run=4)

    assert (found.n, found.could_not_run) == (120, 4)
    assert (found.both_pass, found.fixed, found.newly_failing, found.both_fail) == (110, 5, 2, 3)
    assert found.difference == pytest.approx(3 / 120)
    assert found.low < 0 < found.difference < found.high
    assert found.mcnemar_p == pytest.approx(0.453125)


@pytest.mark.parametrize(("fixed", "newly"), [(0, 0), (1, 0), (5, 2), (9, 1), (20, 20), (3, 30)])
def test_mcnemar_is_exact(fixed, newly):
    n, few = fixed + newly, min(fixed, newly)
    tail = 2 * sum(math.comb(n, k) for k in range(few + 1)) / 2**n

    assert mcnemar(fixed, newly) == pytest.approx(min(1.0, tail))


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ({}, "nothing"),
        ({"could_not_run": 5}, "nothing"),
        ({"both_pass": 50}, "equal"),
        ({"both_pass": 5, "fixed": 12}, "few"),
        ({"both_pass": 110, "fixed": 5, "newly": 2, "both_fail": 3}, "undecided"),
        ({"both_pass": 100, "fixed": 5}, "undecided"),  # McNemar: p = 0.06
        ({"both_pass": 100, "fixed": 15, "newly": 2}, "better"),
        ({"both_pass": 100, "newly": 15, "fixed": 2}, "worse"),
    ],
)
def test_words_claim_no_more_than_was_seen(counts, code):
    found = compared(**counts)
    words = sentence(found, "v12", "v14")

    assert found.sentence_code == code
    assert ("is better" in words) == (code == "better")
    assert ("is worse" in words) == (code == "worse")


def test_headline_and_sentence_of_the_mock():
    found = compared(both_pass=110, fixed=5, newly=2, both_fail=3)

    assert headline(found, "v14") == "v14 fixes five cases and breaks two cases"
    assert sentence(found, "v12", "v14") == (
        "Seven cases differ, which is too few to call v14 better or worse in general."
        " Read the 2 that newly fail."
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [
        ([1, 1, 1], "All three cases come out the same with v12 and v14."),
        (
            [1, 0, 1],
            "All three cases come out the same with v12 and v14; one case fails with both.",
        ),
        ([0, 0], "Both cases fail with v12 and with v14, so they do not tell the two apart."),
        ([0], "The one case fails with v12 and with v14, so they do not tell the two apart."),
    ],
)
def test_no_difference_is_no_praise(before, words):
    assert sentence(compare(before, before), "v12", "v14") == words


def test_scores_are_compared_as_they_are():
    draw = random.Random(3)
    before = [draw.uniform(0.4, 0.6) for _ in range(60)]
    better = [score + draw.uniform(0.05, 0.15) for score in before]

    found = compare(before, better, passes_from=0.6)

    assert found.sentence_code == "better"
    assert 0.05 < found.low < found.difference < found.high < 0.15
    assert found.fixed == sum(a < 0.6 <= b for a, b in zip(before, better, strict=True))
    assert compare(before, before).sentence_code == "equal"
    assert compare(before, better) == compare(before, better)  # the same each time


def test_compare_wants_the_same_cases():
    with pytest.raises(ValueError):
        compare([1, 0], [1])

    assert compare([1], [None]).sentence_code == "nothing"


@pytest.mark.parametrize(
    "truth", [passing(50, 0.1, 0.05), graded(30, 0.5, 0.05)], ids=lambda truth: truth.name
)
def test_intervals_hold_the_truth_about_as_often_as_they_say(truth):
    """400 pairs: 95 % of them, give or take 3.3 % (three standard errors); the whole count is the
    figure interval_coverage."""
    share = held(truth, difference_interval, 400, seed=7) / 400
    careless = held(truth, normal_without_care, 400, seed=7) / 400

    assert 0.917 <= share <= 0.983
    assert careless < 0.9  # the control: an interval that is too narrow is seen


def normal_without_care(differences):
    half = 1.2 * np.std(differences) / math.sqrt(len(differences))
    return np.mean(differences) - half, np.mean(differences) + half


def test_interval_of_pass_and_fail_is_that_of_tango():
    """At its ends the score statistic, estimated another way, is what 95 % allow."""
    differences = [1.0] * 12 + [-1.0] * 2 + [0.0] * 30

    low, high = difference_interval(differences)

    assert low < 10 / 44 < high
    assert score(12, 2, 44, low) == pytest.approx(1.959964, abs=1e-4)
    assert score(12, 2, 44, high) == pytest.approx(-1.959964, abs=1e-4)


def score(b, c, n, at):
    """Tango's statistic, with its restricted estimate found by looking for it."""
    grid = np.linspace(1e-9, (1 - at) / 2 - 1e-9, 400_001)
    rest = n - b - c
    likelihood = b * np.log(grid + at) + c * np.log(grid) + rest * np.log(1 - 2 * grid - at)
    down = grid[np.nanargmax(likelihood)]
    return (b - c - n * at) / math.sqrt(n * (2 * down + at * (1 - at)))


def test_intervals_of_nothing():
    assert difference_interval([1.0]) is None
    assert share_interval(0, 0) is None
    assert share_interval(10, 10)[1] == 1
    assert difference_interval([0.0] * 40)[0] < 0 < difference_interval([0.0] * 40)[1]


@pytest.fixture
def sklearn():
    """Imported where it is asked: each worker of a run would wait for it."""
    from sklearn import metrics

    return metrics


def labelled(seed=1, n=300):
    draw = random.Random(seed)
    names = ["card", "refund", "cash", "other"]
    expected = [draw.choice(names) for _ in range(n)]
    answered = [one if draw.random() < 0.7 else draw.choice([*names, ""]) for one in expected]
    return expected, answered


def test_classification_is_that_of_scikit_learn(sklearn):
    expected, answered = labelled()
    names = sorted(set(expected))

    ours = classification(expected, answered)

    theirs = sklearn.precision_recall_fscore_support(
        expected, answered, labels=names, zero_division=0
    )
    assert ours.accuracy == sklearn.accuracy_score(expected, answered)
    assert [f.precision for f in ours.labels] == pytest.approx(list(theirs[0]))
    assert [f.recall for f in ours.labels] == pytest.approx(list(theirs[1]))
    assert [f.f1 for f in ours.labels] == pytest.approx(list(theirs[2]))
    assert [f.cases for f in ours.labels] == list(theirs[3])
    macro = sklearn.f1_score(expected, answered, labels=names, average="macro", zero_division=0)
    assert ours.macro_f1 == pytest.approx(macro)
    assert ours.low < ours.accuracy < ours.high


def test_confusion_table_is_that_of_scikit_learn(sklearn):
    expected, answered = labelled()

    names, rows = table(expected, answered)

    assert names[-1] == ""
    assert rows == sklearn.confusion_matrix(expected, answered, labels=names).tolist()
    wrong = classification(expected, answered).confusion
    assert sum(many for _, _, many in wrong) == sum(
        a != b for a, b in zip(expected, answered, strict=True)
    )


def test_classification_of_nothing():
    found = classification([], [])

    assert (found.n, found.accuracy, found.labels) == (0, 0, ())


def test_kappa_is_that_of_scikit_learn(sklearn):
    one, other = labelled(2)

    assert kappa(one, other) == pytest.approx(sklearn.cohen_kappa_score(one, other))
    assert kappa([], []) is None
    assert kappa(["a", "a"], ["a", "a"]) is None


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), example C: 4 observers.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]


@pytest.mark.parametrize(
    ("scale", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_the_published_one(scale, published):
    assert alpha(OBSERVERS, scale) == pytest.approx(published, abs=0.0006)


def test_alpha_of_nothing_and_words_for_each():
    assert alpha([[1, None], [None, 2]]) is None
    assert alpha([[1, 1], [1, 1]]) is None
    assert [agreement_words(value).partition(" (")[0] for value in (0.9, 0.7, 0.3, -0.1)] == [
        "They agree well",
        "They agree fairly",
        "They agree too little",
        "They agree no more than by chance",
    ]
    assert agreement_words(None).startswith("Agreement cannot be told yet")
