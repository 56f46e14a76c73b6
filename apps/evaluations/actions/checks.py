"""Checks: what judges the answers decides over releases, so each change of one is governed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.verdicts import not_possible
from apps.evaluations import events
from apps.evaluations.checks import KINDS
from apps.evaluations.entrance import MAX_CHECKS, clean_weight
from apps.evaluations.locks import lock_suite, mark_changed
from apps.evaluations.models import Check, Suite
from apps.evaluations.permissions import can_change_suite
from apps.prompts.content.text import ContentError, normalise_document


@governed
def add_check(
    suite: Suite,
    *,
    kind: str,
    settings: Mapping[str, Any],
    weight: float = 1,
    required: bool = False,
    enabled: bool = True,
    actor: Any,
) -> Check:
    """Invalid, under the field of the kind's form, for settings that cannot be."""
    locked = lock_suite(suite.pk)
    require(can_change_suite(actor, locked))
    if locked.checks.count() >= MAX_CHECKS:
        sentence = _("A suite has at most %(most)s checks. Remove one first.")
        require(not_possible("too_many_checks", sentence % {"most": MAX_CHECKS}))
    check = _new(locked, kind, settings)
    check.weight, check.required, check.enabled = clean_weight(weight), required, enabled
    check.save()
    mark_changed(locked)
    record(
        events.CHECK_ADDED, actor=actor, target=locked, namespace=locked.namespace,
        after=_facts(check), check=str(check.key), kind=kind,
    )  # fmt: skip
    return check


@governed
def change_check(
    check: Check,
    *,
    settings: Mapping[str, Any],
    weight: float,
    required: bool,
    enabled: bool,
    reason: str = "",
    actor: Any,
) -> Check:
    locked = lock_suite(check.suite_id)
    require(can_change_suite(actor, locked))
    row = _still_there(locked, check)
    before = _facts(row)
    row.settings = _clean(row.kind, settings)
    row.weight, row.required, row.enabled = clean_weight(weight), required, enabled
    row.save()
    mark_changed(locked)
    record(
        events.CHECK_CHANGED, actor=actor, target=locked, namespace=locked.namespace,
        reason=reason, before=before, after=_facts(row), check=str(row.key), kind=row.kind,
    )  # fmt: skip
    return row


@governed
def remove_check(check: Check, *, reason: str = "", actor: Any) -> None:
    locked = lock_suite(check.suite_id)
    require(can_change_suite(actor, locked))
    row = _still_there(locked, check)
    before, key = _facts(row), str(row.key)
    row.delete()
    mark_changed(locked)
    record(
        events.CHECK_REMOVED, actor=actor, target=locked, namespace=locked.namespace,
        reason=reason, before=before, check=key, kind=row.kind,
    )  # fmt: skip


@governed
def order_checks(suite: Suite, *, keys: Sequence[uuid.UUID], actor: Any) -> None:
    """The order in which they are shown. Those not named stay behind, as they were."""
    locked = lock_suite(suite.pk)
    require(can_change_suite(actor, locked))
    wanted = {key: place for place, key in enumerate(keys)}
    rows = list(locked.checks.order_by("position", "pk"))
    rows.sort(key=lambda row: wanted.get(row.key, len(wanted)))
    for place, row in enumerate(rows, 1):
        Check.objects.filter(pk=row.pk).update(position=place)  # places are not in the history
    record(events.CHECKS_ORDERED, actor=actor, target=locked, namespace=locked.namespace)


def _new(suite: Suite, kind: str, settings: Mapping[str, Any]) -> Check:
    """The last of its suite; not saved."""
    last = suite.checks.aggregate(last=Max("position"))["last"] or 0
    return Check(suite=suite, position=last + 1, kind=kind, settings=_clean(kind, settings))


def _clean(kind: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in KINDS:
        raise Invalid({"kind": [_("Choose one of the checks in the list.")]})
    try:
        cleaned: dict[str, Any] = normalise_document(dict(settings))
    except ContentError as error:
        raise Invalid(str(error)) from error
    if errors := KINDS[kind].validate(cleaned):
        raise Invalid({field: [sentence] for field, sentence in errors.items()})
    return cleaned


def _facts(check: Check) -> dict[str, Any]:
    """What of it decides, without its words (a rubric may hold text of a prompt)."""
    return {
        "kind": check.kind,
        "weight": check.weight,
        "required": check.required,
        "enabled": check.enabled,
    }


def _still_there(suite: Suite, check: Check) -> Check:
    row = suite.checks.filter(pk=check.pk).first()
    if row is None:
        require(not_possible("check_gone", _("This check was removed meanwhile.")))
    assert row is not None
    row.suite = suite
    return row
