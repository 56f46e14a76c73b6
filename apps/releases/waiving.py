"""What two people waive: a finding about the words, what callers lack, or what a test suite found;
never an approval, and never a suite that was not run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.core.text import listing
from apps.environments.models import Environment
from apps.prompts.models import Version
from apps.releases.models import Waiver
from apps.releases.queries.waivers import waivers_for
from apps.releases.states import WaiverState
from apps.reviews.queries import contributors_since_live
from apps.teams.models import Capability

if TYPE_CHECKING:
    from apps.releases.gates import Gate

WAIVABLE = frozenset({"text", "contract", "suite"})


def can_be_waived(gate: Gate) -> bool:
    judged = gate.code != "suite" or bool(gate.subject)
    return gate.code in WAIVABLE and not gate.open and judged


def waived(found: list[Gate], version: Version, environment: Environment) -> list[Gate]:
    """The same gates; open where two people waived what closes one."""
    if not any(can_be_waived(gate) for gate in found):
        return found
    standing = waivers_for(version, environment)
    where = {"version": version.pk, "environment": environment.name}
    return [_with_waiver(gate, standing, where) for gate in found]


def still_qualifies(waiver: Waiver) -> bool:
    """Asked anew at each release, as of those who approve: whoever confirmed it is active, may
    review here, and wrote nothing of what it is about."""
    person, version = waiver.confirmed_by, waiver.version
    if person is None or not person.holds(Capability.REVIEW, version.prompt.namespace):
        return False
    return person.pk not in contributors_since_live(version, waiver.environment)


def _with_waiver(
    gate: Gate, standing: Mapping[tuple[str, str], Waiver], where: Mapping[str, object]
) -> Gate:
    if not can_be_waived(gate):
        return gate
    subject = gate.subject or hashlib.sha256(f"{gate.code} {gate.sentence}".encode()).hexdigest()
    waiver = standing.get((gate.code, subject))
    if waiver is None or waiver.state != WaiverState.CONFIRMED:
        waive = urlencode({**where, "gate": gate.code, "subject": subject})
        return replace(gate, subject=subject, waiver=waiver, waive=waive)
    if not still_qualifies(waiver):
        words = _("%(who)s, who confirmed the waiver of this, may not any more. Take it back, and "
                  "propose it again.")  # fmt: skip
        return replace(
            gate, subject=subject, waiver=waiver, detail=words % {"who": waiver.confirmed_by}
        )
    people = listing([str(waiver.proposed_by), str(waiver.confirmed_by)])
    words = _("Waived by %(who)s: %(what)s") % {"who": people, "what": gate.sentence}
    said = f"“{waiver.reason}”"
    return replace(gate, open=True, sentence=words, detail=said, subject=subject, waiver=waiver)
