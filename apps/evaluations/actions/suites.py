"""Suites: made, changed, put away, and frozen for a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import person_behind
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.core.verdicts import not_possible
from apps.evaluations import events
from apps.evaluations.actions.cases import _bring_in
from apps.evaluations.actions.checks import _new as _new_check
from apps.evaluations.entrance import clean_threshold, require_variables
from apps.evaluations.locks import lock_suite, mark_changed
from apps.evaluations.models import Suite, SuiteStanding, SuiteVersion
from apps.evaluations.new_case import NewCase
from apps.evaluations.permissions import (
    can_archive_suite,
    can_change_suite,
    can_freeze_suite,
    can_make_suite,
    can_restore_suite,
)
from apps.evaluations.queries import document_hash, frozen_as, suite_document
from apps.evaluations.states import SUITE, CaseSource, SuiteState
from apps.prompts.entrance import MAX_NAME, MAX_PURPOSE, clean_line, clean_text
from apps.teams.models import Namespace

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024


@governed
def make_suite(
    namespace: Namespace,
    *,
    name: str,
    purpose: str = "",
    variables: Sequence[str] = (),
    threshold: float | None = None,
    cases: Iterable[NewCase] = (),
    source: str = CaseSource.SHEET,
    checks: Iterable[tuple[str, Mapping[str, Any]]] = (),
    actor: Any,
) -> Suite:
    """A suite, empty or with `cases` and `checks` (kind, settings) at once. `variables`: the
    columns of its cases; further ones come with the cases."""
    place = Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)
    require(can_make_suite(actor, place))
    columns = list(dict.fromkeys(variables))
    require_variables(columns)
    suite = Suite(
        namespace=place,
        name=_free_name(place, name),
        purpose=clean_line("purpose", purpose, MAX_PURPOSE),
        variables=columns,
        threshold=clean_threshold(threshold),
        created_by=person_behind(actor),
    )
    suite.save()
    given = list(cases)
    if given:
        _bring_in(suite, given, source)
    for kind, settings in checks:
        _new_check(suite, kind, settings).save()
    record(
        events.SUITE_MADE, actor=actor, target=suite, namespace=place, name=suite.name,
        cases=len(given),
    )  # fmt: skip
    return suite


@governed
def change_suite(
    suite: Suite, *, name: str, purpose: str, threshold: float | None, reason: str = "", actor: Any
) -> Suite:
    """Its name, what it is for, and the share of the score that a case needs."""
    locked = lock_suite(suite.pk)
    require(can_change_suite(actor, locked))
    before = _facts(locked)
    locked.name = _free_name(locked.namespace, name, suite=locked)
    locked.purpose = clean_line("purpose", purpose, MAX_PURPOSE)
    locked.threshold = clean_threshold(threshold)
    locked.save()
    mark_changed(locked)
    record(
        events.SUITE_CHANGED, actor=actor, target=locked, namespace=locked.namespace,
        reason=clean_text("reason", reason).strip(), before=before, after=_facts(locked),
        name=locked.name,
    )  # fmt: skip
    return locked


def _facts(suite: Suite) -> dict[str, Any]:
    return {"name": suite.name, "threshold": suite.threshold}


def _free_name(place: Namespace, name: str, *, suite: Suite | None = None) -> str:
    cleaned = clean_line("name", name, MAX_NAME, required=True)
    others = Suite.objects.filter(namespace=place).exclude(pk=suite.pk if suite else 0)
    if others.filter(name__iexact=cleaned).exists():
        sentence = _("There is a suite “%(name)s” in %(path)s already. Choose another name.")
        raise Invalid({"name": [sentence % {"name": cleaned, "path": place}]})
    return cleaned


@governed
def archive_suite(suite: Suite, *, reason: str = "", actor: Any) -> Suite:
    """It is not offered any more; its runs stay readable."""
    locked = lock_suite(suite.pk)
    require(can_archive_suite(actor, locked))
    move(locked, "state", SuiteState.ARCHIVED, SUITE)
    record(
        events.SUITE_ARCHIVED, actor=actor, target=locked, namespace=locked.namespace,
        reason=clean_text("reason", reason).strip(), name=locked.name,
    )  # fmt: skip
    return locked


@governed
def restore_suite(suite: Suite, *, reason: str = "", actor: Any) -> Suite:
    locked = lock_suite(suite.pk)
    require(can_restore_suite(actor, locked))
    move(locked, "state", SuiteState.ACTIVE, SUITE)
    record(
        events.SUITE_RESTORED, actor=actor, target=locked, namespace=locked.namespace,
        reason=clean_text("reason", reason).strip(), name=locked.name,
    )  # fmt: skip
    return locked


@governed
def freeze_suite(suite: Suite, *, actor: Any) -> SuiteVersion:
    """The suite as it stands, for a run. What was frozen before is the same version, and no act.

    NotPossible for a suite without cases or without checks: it would test nothing.
    """
    locked = lock_suite(suite.pk)
    require(can_freeze_suite(actor, locked))
    document = suite_document(locked)
    _require_tests(locked, document)
    digest, size = document_hash(document)
    _require_size(size)
    version = frozen_as(locked, digest)
    known = version is not None
    version = version or _next_version(locked, document, digest, actor)
    SuiteStanding.objects.update_or_create(suite=locked, defaults={"version": version})
    if not known:
        record(
            events.SUITE_FROZEN, actor=actor, target=locked, namespace=locked.namespace,
            number=version.number, cases=version.case_count, content_hash=digest,
        )  # fmt: skip
    return version


def _next_version(suite: Suite, document: dict[str, Any], digest: str, actor: Any) -> SuiteVersion:
    last = suite.versions.order_by("-number").values_list("number", flat=True).first() or 0
    version = SuiteVersion(
        suite=suite,
        number=last + 1,
        document=document,
        content_hash=digest,
        case_count=len(document["cases"]),
        author=person_behind(actor),
    )
    version.save()
    return version


def _require_tests(suite: Suite, document: dict[str, Any]) -> None:
    if not document["cases"]:
        sentence = _("“%(suite)s” has no case that is switched on. Add one, then run it.")
        require(not_possible("no_cases", sentence % {"suite": suite}))
    if not document["checks"]:
        sentence = _("“%(suite)s” has no check that is switched on. Add one, then run it.")
        require(not_possible("no_checks", sentence % {"suite": suite}))


def _require_size(size: int) -> None:
    if size > MAX_DOCUMENT_BYTES:
        sentence = _("The cases of this suite hold %(have)s MiB; at most %(most)s MiB can be run.")
        words = {"have": -(-size // 1024**2), "most": MAX_DOCUMENT_BYTES // 1024**2}
        require(not_possible("suite_too_large", sentence % words))
