"""Cases: written by hand (working, with a history) and brought in or removed many at a time."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.evaluations import events
from apps.evaluations.entrance import MAX_CASES, NewCase, clean_case, require_variables
from apps.evaluations.locks import lock_suite, mark_changed
from apps.evaluations.models import Case, Suite
from apps.evaluations.permissions import can_change_suite
from apps.evaluations.states import CaseSource

FIELDS = ("values", "expected", "name", "tags")


@working
def add_case(suite: Suite, *, case: NewCase, source: str = CaseSource.HAND, actor: Any) -> Case:
    """One more case, at the end. Variables that the suite did not know become its columns."""
    locked = lock_suite(suite.pk)
    require(can_change_suite(actor, locked))
    cleaned = clean_case(case)
    _require_room(locked, 1)
    _widen(locked, [cleaned])
    row = _new(locked, cleaned, _last_position(locked) + 1, source)
    row.save()
    mark_changed(locked)
    return row


@working
def change_case(case: Case, *, changes: Mapping[str, Any], actor: Any) -> Case:
    """Other values, expected answer, name, tags; or `enabled`. What is not named stays."""
    locked = lock_suite(case.suite_id)
    require(can_change_suite(actor, locked))
    row = _still_there(locked, case)
    cleaned = clean_case(
        NewCase(**{field: changes.get(field, getattr(row, field)) for field in FIELDS})
    )
    _widen(locked, [cleaned])
    for field in FIELDS:
        setattr(row, field, getattr(cleaned, field))
    row.values, row.tags = dict(cleaned.values), list(cleaned.tags)
    row.enabled = bool(changes.get("enabled", row.enabled))
    row.save()
    mark_changed(locked)
    return row


@working
def move_case(case: Case, *, to: int, actor: Any) -> Case:
    """To place `to`, counted from 1; those between move up or down."""
    locked = lock_suite(case.suite_id)
    require(can_change_suite(actor, locked))
    row = _still_there(locked, case)
    others = list(locked.cases.exclude(pk=row.pk).order_by("position", "pk"))
    others.insert(max(0, min(to - 1, len(others))), row)
    for place, other in enumerate(others, 1):  # places are not in the history
        if other.position != place:
            Case.objects.filter(pk=other.pk).update(position=place)
            other.position = place
    return row


@working
def remove_case(case: Case, *, actor: Any) -> None:
    locked = lock_suite(case.suite_id)
    require(can_change_suite(actor, locked))
    _still_there(locked, case).delete()
    mark_changed(locked)


@governed
def import_cases(
    suite: Suite,
    *,
    cases: Iterable[NewCase],
    source: str = CaseSource.SHEET,
    reason: str = "",
    actor: Any,
) -> int:
    """All of them at the end of the suite, or none: Invalid names the first that does not fit."""
    locked = lock_suite(suite.pk)
    require(can_change_suite(actor, locked))
    brought = _bring_in(locked, cases, source, reason)
    mark_changed(locked)
    record(
        events.CASES_IMPORTED, actor=actor, target=locked, namespace=locked.namespace,
        reason=reason, cases=brought, source=str(source),
    )  # fmt: skip
    return brought


@governed
def remove_cases(suite: Suite, *, keys: Collection[uuid.UUID], actor: Any) -> int:
    """Several at once. Their history stays."""
    locked = lock_suite(suite.pk)
    require(can_change_suite(actor, locked))
    rows = list(locked.cases.filter(key__in=keys))
    if not rows:
        require(not_possible("nothing_chosen", _("Choose the cases to remove first.")))
    for row in rows:
        row.delete()
    mark_changed(locked)
    record(
        events.CASES_REMOVED, actor=actor, target=locked, namespace=locked.namespace,
        cases=len(rows),
    )  # fmt: skip
    return len(rows)


def _bring_in(suite: Suite, cases: Iterable[NewCase], source: str, reason: str = "") -> int:
    cleaned = _cleaned(cases)
    _require_room(suite, len(cleaned))
    _widen(suite, cleaned)
    first = _last_position(suite) + 1
    rows = [_new(suite, case, first + at, source) for at, case in enumerate(cleaned)]
    bulk_create_with_history(rows, Case, batch_size=1000, default_change_reason=reason)
    return len(rows)


def _cleaned(cases: Iterable[NewCase]) -> list[NewCase]:
    found = []
    for number, case in enumerate(cases, 1):
        try:
            found.append(clean_case(case))
        except Invalid as error:
            words = {"number": number, "sentence": error.sentence}
            raise Invalid({"": [_("Case %(number)s: %(sentence)s") % words]}) from error
    if not found:
        raise Invalid({"": [_("There is no case to bring in.")]})
    return found


def _new(suite: Suite, case: NewCase, position: int, source: str) -> Case:
    return Case(
        suite=suite,
        position=position,
        name=case.name,
        values=dict(case.values),
        expected=case.expected,
        tags=list(case.tags),
        source=source,
    )


def _widen(suite: Suite, cases: Sequence[NewCase]) -> None:
    """The columns of the suite are all variables of its cases, in the order they came."""
    known = dict.fromkeys(suite.variables)
    columns = list(known | dict.fromkeys(name for case in cases for name in case.values))
    if len(columns) > len(known):
        require_variables(columns)
        suite.variables = columns
        suite.save()


def _require_room(suite: Suite, more: int) -> None:
    have = suite.cases.count()
    if have + more > MAX_CASES:
        sentence = _(
            "A suite has at most %(most)s cases. This one has %(have)s, and %(more)s more do not"
            " fit: leave some out, or make a second suite."
        )
        words = {"most": f"{MAX_CASES:,}", "have": f"{have:,}", "more": f"{more:,}"}
        require(not_possible("too_many_cases", sentence % words))


def _last_position(suite: Suite) -> int:
    return suite.cases.aggregate(last=Max("position"))["last"] or 0


def _still_there(suite: Suite, case: Case) -> Case:
    row = suite.cases.filter(pk=case.pk).first()
    if row is None:
        require(not_possible("case_gone", _("This case was removed meanwhile.")))
    assert row is not None
    row.suite = suite
    return row
