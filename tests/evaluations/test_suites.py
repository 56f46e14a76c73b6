from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from apps.audit.models import AuditEntry
from apps.audit.queries import lines
from apps.core.actors import SYSTEM
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.evaluations.actions import (
    add_case,
    add_check,
    archive_suite,
    change_case,
    change_check,
    change_suite,
    freeze_suite,
    import_cases,
    make_suite,
    move_case,
    order_checks,
    remove_case,
    remove_cases,
    remove_check,
    restore_suite,
)
from apps.evaluations.entrance import MAX_CASES, NewCase
from apps.evaluations.models import Case, Check, Suite
from apps.evaluations.queries import suite_for, suites_serving, visible_suites
from apps.prompts.actions import create_prompt
from apps.teams.actions import create_namespace
from apps.teams.queries import root_namespace
from tests.prompts.conftest import make_house


def messages(suite):
    return [case.values["message"] for case in suite.cases.order_by("position")]


def last_event():
    return AuditEntry.objects.order_by("-seq").first().event


def test_make_suite_is_for_who_edits_there(house):
    with pytest.raises(NotAllowed):
        make_suite(house.space, name="Refund basics", actor=house.viewer)
    with pytest.raises(NotVisible):
        make_suite(house.space, name="Refund basics", actor=house.outsider)

    suite = make_suite(house.space, name=" Refund  basics ", actor=house.ana)

    assert (suite.name, last_event()) == ("Refund basics", "evaluations.suite.made")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": "refund BASICS"}),
        ("name", {"name": " "}),
        ("threshold", {"name": "New", "threshold": 1.5}),
        ("two words", {"name": "New", "variables": ["two words"]}),
    ],
)
def test_make_suite_says_what_cannot_be(house, suite, field, given):
    with pytest.raises(Invalid) as raised:
        make_suite(house.space, actor=house.ana, **given)

    assert list(raised.value.errors) == [field]


def test_change_suite_keeps_its_own_name_and_is_recorded(house, suite):
    change_suite(suite, name="Refund basics", purpose="The usual", threshold=0.8, actor=house.ben)

    suite.refresh_from_db()
    assert (suite.purpose, suite.threshold) == ("The usual", 0.8)
    entry = AuditEntry.objects.order_by("-seq").first()
    assert (entry.before["threshold"], entry.after["threshold"]) == (None, 0.8)


def test_an_archived_suite_is_not_changed_until_it_is_restored(house, suite):
    archive_suite(suite, actor=house.ana)
    case = NewCase(values={"message": "Hello"})

    for act in (
        lambda: add_case(suite, case=case, actor=house.ana),
        lambda: freeze_suite(suite, actor=house.ana),
        lambda: archive_suite(suite, actor=house.ana),
    ):
        with pytest.raises(NotPossible):
            act()
    restore_suite(suite, actor=house.ana)

    assert add_case(suite, case=case, actor=house.ana).position == 3


def test_visible_suites_are_those_of_visible_namespaces(house, suite):
    elsewhere = create_namespace(root_namespace(), segment="hr", actor=house.admin)
    prompt = create_prompt(house.space, segment="card", name="Card", actor=house.ana)

    assert elsewhere.suites.count() == 0
    assert list(visible_suites(house.viewer)) == [suite]
    assert list(visible_suites(house.outsider)) == []
    assert [one.case_total for one in suites_serving(prompt, house.ana)] == [2]
    with pytest.raises(NotVisible):
        suite_for(house.outsider, suite.pk)


def test_add_case_widens_the_columns_of_its_suite(house, suite):
    case = NewCase(values={"tone": "angry", "message": "Now!"}, tags=("Late", "late "))

    added = add_case(suite, case=case, actor=house.ana)

    suite.refresh_from_db()
    assert suite.variables == ["message", "tone"]
    assert (added.tags, added.history.count(), added.history.first().history_user) == (
        ["late"], 1, house.ana,
    )  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [
        NewCase(),
        NewCase(values={"message": ""}),
        NewCase(values={"two words": "x"}),
        NewCase(values={"message": "a\0b"}),
        NewCase(values={"message": "x" * 300_000}),
        NewCase(values={"message": "x"}, name="n" * 201),
    ],
)
def test_add_case_says_what_cannot_be(house, suite, case):
    with pytest.raises(Invalid):
        add_case(suite, case=case, actor=house.ana)

    assert suite.cases.count() == 2


def test_change_case_leaves_what_is_not_named(house, suite):
    case = suite.cases.first()

    change_case(case, changes={"expected": "other", "enabled": False}, actor=house.ben)

    case.refresh_from_db()
    assert (case.values, case.expected, case.enabled) == (
        {"message": "Where is my money?"}, "other", False,
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        change_case(case, changes={"expected": "x"}, actor=house.viewer)


def test_move_case_and_remove_case(house, suite):
    third = add_case(suite, case=NewCase(values={"message": "Third"}), actor=house.ana)

    move_case(third, to=1, actor=house.ana)
    remove_case(suite.cases.get(values__message="Where is my money?"), actor=house.ana)

    assert messages(suite) == ["Third", "My card is gone"]
    assert Case.history.filter(history_type="-").count() == 1
    with pytest.raises(NotPossible):
        remove_case(Case(pk=0, suite=suite), actor=house.ana)


def test_import_cases_brings_all_or_none(house, suite):
    good = [NewCase(values={"message": str(number)}) for number in range(3)]

    with pytest.raises(Invalid) as raised:
        import_cases(suite, cases=[*good, NewCase()], actor=house.ana)
    brought = import_cases(suite, cases=good, actor=house.ana)

    assert raised.value.sentence.startswith("Case 4: ")
    assert (brought, messages(suite)[2:]) == (3, ["0", "1", "2"])
    assert Case.history.count() == 5
    assert last_event() == "evaluations.cases.imported"


def test_a_suite_takes_so_many_cases_and_says_so(house, suite, monkeypatch):
    monkeypatch.setattr("apps.evaluations.actions.cases.MAX_CASES", 3)
    one = NewCase(values={"message": "x"})

    with pytest.raises(NotPossible) as raised:
        import_cases(suite, cases=[one, one], actor=house.ana)
    import_cases(suite, cases=[one], actor=house.ana)

    assert "at most 3 cases" in str(raised.value)
    assert MAX_CASES == 10_000


def test_remove_cases_is_recorded_once(house, suite):
    keys = list(suite.cases.values_list("key", flat=True))

    removed = remove_cases(suite, keys=keys, actor=house.ana)

    assert (removed, suite.cases.count(), last_event()) == (2, 0, "evaluations.cases.removed")
    with pytest.raises(NotPossible):
        remove_cases(suite, keys=keys, actor=house.ana)


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("nonsense", {}, "kind"),
        ("equals", {"colour": "red"}, "colour"),
        ("contains", {"how": "most"}, "how"),
        ("contains", {"texts": "one"}, "texts"),
    ],
)
def test_add_check_says_which_setting_cannot_be(house, suite, kind, settings, field):
    with pytest.raises(Invalid) as raised:
        add_check(suite, kind=kind, settings=settings, actor=house.ana)

    assert list(raised.value.errors) == [field]


def test_checks_are_changed_ordered_and_removed(house, suite):
    second = add_check(suite, kind="contains", settings={"texts": ["a"]}, actor=house.ana)
    first = suite.checks.first()

    order_checks(suite, keys=[second.key, first.key], actor=house.ana)
    change_check(
        second, settings={"texts": ["b"]}, weight=2, required=True, enabled=True, actor=house.ben
    )
    remove_check(first, actor=house.ana)

    kept = suite.checks.get()
    assert (kept.settings, kept.weight, kept.required, kept.position) == (
        {"texts": ["b"]}, 2, True, 1,
    )  # fmt: skip
    assert [row.history_type for row in Check.history.filter(id=second.pk)] == ["~", "+"]


def test_freeze_suite_makes_one_version_of_one_content(house, suite):
    first = freeze_suite(suite, actor=house.viewer)
    entries = AuditEntry.objects.count()
    again = freeze_suite(suite, actor=SYSTEM)
    change_case(suite.cases.first(), changes={"expected": "other"}, actor=house.ana)
    second = freeze_suite(suite, actor=house.ana)
    change_case(suite.cases.first(), changes={"expected": "refund"}, actor=house.ana)

    assert again == first
    assert (first.number, second.number, first.case_count) == (1, 2, 2)
    assert freeze_suite(suite, actor=house.ana) == first
    assert AuditEntry.objects.count() == entries + 1
    assert first.document["cases"][0]["values"] == {"message": "Where is my money?"}
    assert sorted(first.document) == ["cases", "checks", "schema", "threshold"]


def test_freeze_suite_takes_what_is_switched_on(house, suite):
    change_case(suite.cases.first(), changes={"enabled": False}, actor=house.ana)

    version = freeze_suite(suite, actor=house.ana)

    assert [case["expected"] for case in version.document["cases"]] == ["card"]
    change_case(suite.cases.last(), changes={"enabled": False}, actor=house.ana)
    with pytest.raises(NotPossible):
        freeze_suite(suite, actor=house.ana)


def test_freeze_suite_needs_a_check(house, suite):
    check = suite.checks.get()
    passing = freeze_suite(suite, actor=house.ana)

    remove_check(check, actor=house.ana)
    with pytest.raises(NotPossible) as raised:
        freeze_suite(suite, actor=house.ana)

    assert (passing.number, raised.value.code) == (1, "no_checks")
    with pytest.raises(NotVisible):
        freeze_suite(suite, actor=house.outsider)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evaluations_suiteversion SET number = 7",
        "DELETE FROM evaluations_suiteversion",
        "INSERT INTO evaluations_suiteversion"
        " (suite_id, number, document, content_hash, case_count)"
        " SELECT suite_id, 9, document, 'x', 1 FROM evaluations_suiteversion",
    ],
)
def test_t33_a_frozen_suite_cannot_be_rewritten(house, suite, statement):
    freeze_suite(suite, actor=house.ana)

    with (
        pytest.raises((ProgrammingError, IntegrityError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert suite.versions.count() == 1


def test_t33_what_judges_never_changes_without_an_entry(own_database):
    house = make_house()
    suite = make_suite(house.space, name="Refund basics", actor=house.ana)
    add_check(suite, kind="equals", settings={}, actor=house.ana)

    for statement in (
        "UPDATE evaluations_check SET weight = 0",
        "DELETE FROM evaluations_check",
        "UPDATE evaluations_suite SET threshold = 0",
    ):
        with (
            pytest.raises(IntegrityError),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    change_suite(suite, name="Refund basics", purpose="", threshold=0, actor=house.ana)

    assert (suite.checks.get().weight, Suite.objects.get().threshold) == (1, 0)


def test_trail_says_the_kind_of_a_check_in_words(house, suite):
    add_check(suite, kind="word_count", settings={"most": 50}, actor=house.ana)

    *_before, line = lines(AuditEntry.objects.filter(event="evaluations.check.added"))
    assert line.sentence.endswith(f"a check to {suite}: word count")
