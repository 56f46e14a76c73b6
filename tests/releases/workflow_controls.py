"""What is broken on purpose, to show that the account of the workflow sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connections

from apps.core.verdicts import ALLOW
from apps.delivery.records import Arm, Served
from apps.releases.actions import approved, bundles, labels, release, rollback, rollout, schedules
from apps.reviews import permissions
from apps.reviews.queries import approvals
from tests.releases.account import RIGHT
from tests.releases.workflow import PEOPLE, Workflow

Broken = Callable[[pytest.MonkeyPatch], None]


def without_guards() -> None:
    """The database lets everything through; in a database of this control alone."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION galley_check_deployment() RETURNS trigger"
            " LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        )
        for table in ("environments_label", "reviews_decision"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def no_gate(patch: pytest.MonkeyPatch) -> None:
    for module in (approved, labels, release, rollback, rollout, schedules):
        patch.setattr(module, "all_open", lambda gates: ALLOW)


def own_approvals(patch: pytest.MonkeyPatch) -> None:
    for module in (approvals, permissions):
        patch.setattr(module, "contributors_since_live", lambda version, environment: set())


def lost_rights(patch: pytest.MonkeyPatch) -> None:
    """Nobody asks whether they may release, and anybody tries."""
    chosen = Workflow.somebody

    def anybody(w: Workflow, right: str, place: str = "", *, keys: bool = True) -> str:
        if right in RIGHT.values():
            return w.random.choice(PEOPLE)
        return chosen(w, right, place, keys=keys)

    patch.setattr(Workflow, "somebody", anybody)
    for module in (release, rollout, bundles, labels):
        patch.setattr(module, "has_right_there", lambda *args: ALLOW)
    patch.setattr(rollback, "can_roll_back", lambda *args: ALLOW)


def other_bytes(patch: pytest.MonkeyPatch) -> None:
    """In a release by steps everybody gets the new version."""

    def newest(served: Served, arm: str | None) -> Arm:
        return Arm(served.number, served.content_hash, served.packed)

    patch.setattr(Served, "version_of", newest)


def stale_sights(patch: pytest.MonkeyPatch) -> None:
    for module in (release, rollback, rollout, schedules):
        patch.setattr(module, "still_live", lambda *args: ALLOW)


CONTROLS: tuple[Broken, ...] = (no_gate, own_approvals, lost_rights, other_bytes, stale_sights)
