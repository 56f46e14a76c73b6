"""Agreement against published figures, and the words, lots and disputes around it. Pure."""

from __future__ import annotations

from collections import Counter

import pytest

from apps.evaluations.assigning import assigned, sampled, swapped
from apps.evaluations.checks import KINDS
from apps.evaluations.statistics import agreement_sentence, alpha, kappa, trust_sentence
from apps.evaluations.yardsticks import WHOLE, SideBySide, Yardstick

# Fifty proposals read by two people: both yes 20, both no 15, only the first yes 5, only the
# second yes 10. Seen 0.7, by chance 0.5: kappa is 0.4.
PROPOSALS = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
# Krippendorff (2011), example A: two observers, ten units, two values; alpha is 0.095.
MEG = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
OWEN = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]

SCALE = Yardstick("k", KINDS["person_scale"], {"high": 5, "at_least": 4})
CHOICE = Yardstick("k", KINDS["person_choice"], {"choices": ["a", "b", "c"], "good": ["a", "b"]})


def test_kappa_and_alpha_are_those_worked_out_by_hand():
    one, other = zip(*PROPOSALS, strict=True)

    assert kappa(one, other) == pytest.approx(0.4)
    assert alpha([MEG, OWEN]) == pytest.approx(0.095, abs=0.0005)


@pytest.mark.parametrize(
    ("n", "same", "of_two", "words"),
    [
        (0, 0, None, "No answer has been rated by two people yet, so agreement cannot be told."),
        (2, 2, None, "Ana and Ben say the same of 2 of 2 answers. All ratings are equal, so"
         " nothing shows what is more than chance."),
        (3, 2, 0.4, "Ana and Ben say the same of 2 of 3 answers. That is too few to tell how far"
         " they can be relied on. (n = 3, Cohen's kappa 0.40.)"),
        (50, 35, 0.4, "Ana and Ben say the same of 35 of 50 answers. They agree too little (0.40):"
         " say what is good, and rate again. (n = 50, Cohen's kappa 0.40.)"),
    ],
)  # fmt: skip
def test_agreement_in_a_sentence(n, same, of_two, words):
    assert agreement_sentence(["Ana", "Ben"], n, same, of_two, None) == words


def test_trust_in_a_check_is_not_claimed_from_few_answers():
    few, many = trust_sentence(9, 9, 1.0), trust_sentence(20, 18, 0.81)

    assert few.endswith("(100%). That is too few to tell whether to trust it."
                        " (Cohen's kappa 1.00, n = 9.)")  # fmt: skip
    assert "(90%). It can stand for a further person. (Cohen's kappa 0.81, n = 20.)" in many
    assert trust_sentence(0, 0, None).startswith("People have rated none")


@pytest.mark.parametrize(("items", "raters", "each"), [(20, 3, 2), (7, 5, 5), (9, 4, 1), (1, 3, 2)])
def test_answers_are_shared_out_fairly_and_the_same_for_the_same_lot(items, raters, each):
    people = list(range(raters))

    shared = assigned(range(items), people, each, seed=3)

    loads = Counter(rater for _item, rater in shared)
    per_item = Counter(item for item, _rater in shared)
    assert set(per_item.values()) == {each} and len(set(shared)) == len(shared)
    assert max(loads.values()) - min(loads.get(one, 0) for one in people) <= 1
    assert shared == assigned(range(items), people, each, seed=3)


def test_more_people_for_an_answer_than_there_are_is_an_error():
    with pytest.raises(ValueError, match="as many raters"):
        assigned([1], [1], 2, seed=1)


def test_sample_and_sides_are_drawn_by_lot():
    drawn = sampled(range(100), 10, seed=5)

    assert drawn == sorted(set(drawn)) == sampled(range(100), 10, seed=5)
    assert drawn != sampled(range(100), 10, seed=6) and sampled([1, 2], 5, seed=1) == [1, 2]
    assert 400 < sum(swapped(7, item) for item in range(1000)) < 600


@pytest.mark.parametrize(
    ("asked", "values", "apart"),
    [
        (WHOLE, [True, True], False), (WHOLE, [True, False], True), (WHOLE, [], False),
        (SCALE, [4, 5], False), (SCALE, [3, 4], True), (SCALE, [1, 3], True),
        (SCALE, [1, 2], False), (SCALE, [4, True], False),
        (CHOICE, ["a", "a"], False), (CHOICE, ["a", "b"], True), (CHOICE, ["x", "a"], False),
        (SideBySide("v1", "v2"), ["first", "first"], False),
        (SideBySide("v1", "v2"), ["first", "same"], True),
    ],
)  # fmt: skip
def test_dispute_is_where_people_say_different_things(asked, values, apart):
    assert asked.apart(values) is apart


def test_codes_of_a_form_stand_for_values_and_nothing_else():
    codes = [(one.code, SCALE.value_of(one.code)) for one in SCALE.options]

    assert codes == [("1", 1), ("2", 2), ("3", 3), ("4", 4), ("5", 5)]
    assert [CHOICE.value_of(code) for code in ("1", "3", "4", "a")] == ["a", "c", None, None]
    assert (WHOLE.value_of("y"), WHOLE.code_of(False), SCALE.value_of("6")) == (True, "n", None)
    assert (SCALE.hint, CHOICE.hint) == ("from 1 to 5", "a, b or c")
