"""How prompts are named in a namespace: a pattern, its sentence, and what it refuses."""

from __future__ import annotations

import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed
from apps.prompts.actions import (
    create_prompt,
    import_prompt,
    move_prompt,
    remove_naming_rule,
    set_naming_rule,
)
from apps.prompts.models import NamingRule
from apps.prompts.naming import check_pattern, fits
from apps.prompts.queries.naming import naming_rule_for, unfitting
from apps.teams.actions import create_namespace

SENTENCE = "Names end in -reply or -summary."


def ruled(house, pattern="*-reply | *-summary", space=None):
    return set_naming_rule(
        space or house.space, pattern=pattern, sentence=SENTENCE, actor=house.admin
    )


@pytest.mark.parametrize(
    ("name", "pattern", "fit"),
    [
        ("refund-reply", "*-reply", True),
        ("-reply", "*-reply", True),
        ("reply", "*-reply", False),
        ("refund-summary", "*-reply | *-summary", True),
        ("a-b-c", "a*b*c", True),
        ("abc", "a*b*c", True),
        ("ac", "a*b*c", False),
        ("aba", "ab*ba", False),
        ("abba", "ab*ba", True),
        ("exact", "exact", True),
        ("exactly", "exact", False),
        ("anything", "*", True),
    ],
)
def test_name_fits_pattern(name, pattern, fit):
    assert fits(name, pattern) is fit


@pytest.mark.parametrize("pattern", ["", "a||b", "A*", "(a+)+", "a b", "*" * 64, "ä*"])
def test_pattern_that_is_none_is_told(pattern):
    assert check_pattern(pattern) != ""
    assert check_pattern("*-reply | a*") == ""


def test_pattern_of_many_stars_is_matched_at_once():
    """A backtracking matcher would not come back from this one."""
    assert fits("a" * 63, "*a" * 31 + "b") is False
    assert fits("a" * 62 + "b", "*a" * 31 + "b") is True


def test_create_prompt_follows_the_rule(house):
    ruled(house)

    with pytest.raises(Invalid) as refused:
        create_prompt(house.space, segment="letter", name="Letter", actor=house.ana)
    made = create_prompt(house.space, segment="letter-reply", name="Letter", actor=house.ana)

    assert refused.value.errors == {
        "segment": [f"“letter” does not fit. {SENTENCE} So says support."]
    }
    assert made.path == "support/letter-reply"


def test_rename_and_import_follow_the_rule(house):
    ruled(house)

    with pytest.raises(Invalid):
        move_prompt(
            house.prompt, namespace=house.space, segment="x", reason="Short", actor=house.ana
        )
    with pytest.raises(Invalid):
        import_prompt(house.space, segment="y", name="Y", versions=[], actor=house.ana)
    moved = move_prompt(
        house.prompt, namespace=house.space, segment="x-reply", reason="Short", actor=house.ana
    )

    assert moved.path == "support/x-reply"


def test_rule_is_inherited_and_the_nearest_holds(house):
    below = create_namespace(house.space, segment="refunds", actor=house.admin)
    ruled(house)

    assert naming_rule_for(below).namespace == house.space
    ruled(house, "r-*", below)
    assert naming_rule_for(below).pattern == "r-*"
    remove_naming_rule(below, actor=house.admin)
    assert naming_rule_for(below).namespace == house.space


def test_prompts_that_do_not_fit_are_listed_and_left(house):
    fitting = create_prompt(house.space, segment="a-reply", name="A", actor=house.ana)
    ruled(house)

    assert unfitting(house.admin, house.space) == [house.prompt]
    assert fitting not in unfitting(house.admin, house.space)


def test_naming_rule_needs_who_manages_and_is_in_the_trail(house):
    with pytest.raises(NotAllowed):
        set_naming_rule(house.space, pattern="*", actor=house.ana)
    ruled(house)

    assert NamingRule.objects.get().words == SENTENCE
    entry = AuditEntry.objects.get(event="prompts.naming.set")
    assert entry.data["pattern"] == "*-reply | *-summary"


def test_form_of_a_new_prompt_says_the_rule_and_keeps_what_was_typed(house, signed_in):
    ruled(house)

    page = signed_in(house.ana).get("/prompts/new/")
    refused = signed_in(house.ana).post(
        "/prompts/-/create/", {"namespace": "support", "name": "My letter", "segment": "letter"}
    )

    assert SENTENCE in page.content.decode()
    assert refused.status_code == 422
    assert 'value="My letter"' in refused.content.decode()
