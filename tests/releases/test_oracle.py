"""The account that judges the workflow: each rule of the domain, broken and kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.releases.account import Act, Key, Prompt, Seen, Terms
from tests.releases.oracle import Oracle


@pytest.fixture
def oracle():
    """Ann wrote v1 of a prompt, Bob approved it for production; Cleo may release everywhere."""
    found = Oracle()
    found.rights = {
        "ann": {"edit", "release"}, "bob": {"review"}, "cleo": {"release", "publish"},
        "eve": {"review", "manage", "break_glass"},
    }  # fmt: skip
    found.rules = {("staging", ""): Terms(), ("production", ""): Terms()}
    found.prompts["p"] = Prompt("One", {"ann"})
    found.made_version("p", "ann", "hash of one")
    found.asked("p", "production", "ann", 1, by_itself=False)
    found.approved("p", "production", "bob", 0)
    return found


RELEASE = Act("release", "cleo", "production", {"p": 1})
SEEN = [Seen("p", "staging", 1, 1), Seen("p", "production", 1, 1)]


def test_an_approved_release_is_right(oracle):
    oracle.observe(RELEASE, SEEN)

    assert oracle.holes == []
    assert oracle.number("p", "production") == 1


def not_asked(oracle):
    oracle.reviews.clear()


def own_words(oracle):
    oracle.prompts["p"].versions[0].writers.add("bob")


def own_key(oracle):
    oracle.keys["key"] = Key("write", "bob", "eve", "staging")
    oracle.rights["bob"].add("edit")
    oracle.typed("p", "key", "Two")
    oracle.made_version("p", "ann", "hash of two")
    oracle.reviews["p", "production"].number = 2


def lost_review(oracle):
    oracle.rights["bob"].clear()


def switched_off(oracle):
    oracle.off.add("bob")


def grown_old(oracle):
    oracle.now += 14


def tightened(oracle):
    oracle.rules["production", ""] = Terms(approvals=2)


def of_a_team(oracle):
    oracle.rules["production", ""] = Terms(teams=frozenset({"leads"}))


def changes_asked(oracle):
    oracle.changes("p", "production", "eve")


def withdrawn(oracle):
    oracle.withdrawn("p", "production")


def other_base(oracle):
    oracle.reviews["p", "production"].approvals["bob"] = (0.0, 3)


def frozen(oracle):
    oracle.rules["production", ""] = Terms(frozen=True)


def no_right(oracle):
    oracle.rights["cleo"] = {"release"}


@pytest.mark.parametrize(
    "broken",
    [
        not_asked, own_words, own_key, lost_review, switched_off, grown_old, tightened, of_a_team,
        changes_asked, withdrawn, other_base, frozen, no_right,
    ],
)  # fmt: skip
def test_what_breaks_a_rule_is_a_hole(oracle, broken):
    broken(oracle)
    number = len(oracle.prompts["p"].versions)

    act = replace(RELEASE, wanted={"p": number})
    oracle.observe(act, [replace(one, number=number) for one in SEEN])

    assert len(oracle.holes) == 1


@pytest.mark.parametrize(
    "seen",
    [
        SEEN[:1],
        [SEEN[0], replace(SEEN[1], number=2)],
        [SEEN[0], replace(SEEN[1], revision=2)],
        [*SEEN, Seen("q", "production", 1, 1)],
    ],
)
def test_what_is_served_beside_the_release_is_a_hole(oracle, seen):
    oracle.observe(RELEASE, seen)

    assert len(oracle.holes) == 1


def test_what_nobody_released_is_a_hole(oracle):
    oracle.observe(None, SEEN)

    assert len(oracle.holes) == 2


def test_a_roll_back_goes_to_what_was_live(oracle):
    oracle.observe(RELEASE, SEEN)
    oracle.made_version("p", "ann", "hash of two")
    act = Act("back", "cleo", "production", {"p": 2})
    oracle.observe(act, [Seen("p", "production", 2, 2)])
    assert len(oracle.holes) == 1

    oracle.observe(replace(act, wanted={"p": 1}), [Seen("p", "production", 3, 1)])

    assert len(oracle.holes) == 1


@pytest.mark.parametrize("change", [{"fresh": False}, {"actor": "cleo"}, {"reason": "Now"}])
def test_the_glass_is_broken_by_who_may_with_a_reason(oracle, change):
    reason = "It insults people, and they see it"
    act = Act("glass", "eve", "production", {"p": 1}, reason=reason)
    assert oracle.objection(act, "p") == ""

    assert oracle.objection(replace(act, **change), "p")


def test_a_looser_rule_takes_two(oracle):
    oracle.rights["admin"] = {"manage", "manage all"}
    tight, loose = Terms(approvals=2), Terms()
    oracle.rule_set("production", "desk", tight, "eve")
    oracle.rule_set("production", "desk", loose, "eve", "admin")
    oracle.rule_set("staging", "desk", replace(loose, approvals=0), "eve")
    assert oracle.holes == []

    oracle.rule_set("production", "desk", tight, "eve")
    oracle.rule_set("production", "desk", loose, "eve")

    assert len(oracle.holes) == 1


def test_an_answer_holds_the_words_that_were_typed(oracle):
    answer = {"version": 1, "content_hash": "hash of one", "messages": [{"content": "One"}]}

    assert oracle.is_text_of("p", 1, answer)
    assert not oracle.is_text_of("p", 1, {**answer, "messages": [{"content": "Two"}]})
    assert not oracle.is_text_of("p", 1, {**answer, "content_hash": "another"})
