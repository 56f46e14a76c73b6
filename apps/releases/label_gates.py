"""What a label, or an arm of an experiment, must meet: the gates of a release. Words that went live
there through their gates need no new approval and no new signature; nothing else is spared them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.environments.models import Environment, Release
from apps.environments.queries import live_version, rule_for
from apps.environments.states import How
from apps.prompts.models import Version
from apps.releases.gates import SIGNED, Gate, gates, own_gates, text_gates
from apps.releases.waiving import waived


def label_gates(
    version: Version, environment: Environment, *, acknowledged: bool = False
) -> list[Gate]:
    """All gates of a version that a label of this environment is to name."""
    found = [
        *(_spared(gate, version, environment) for gate in own_gates(version, environment)),
        *text_gates(version, acknowledged),
    ]
    return waived(found, version, environment)


def arm_gates(
    version: Version, environment: Environment, *, acknowledged: bool = False
) -> list[Gate]:
    """All gates of a version that an experiment is to give a part of the traffic."""
    found = gates(version, environment, acknowledged=acknowledged)
    return [_spared(gate, version, environment) for gate in found]


def _spared(gate: Gate, version: Version, environment: Environment) -> Gate:
    if gate.open or gate.code not in SIGNED or not _passed(version, environment):
        return gate
    words = _("%(version)s was approved when it went live in %(place)s")
    return Gate(gate.code, True, words % {"version": version, "place": environment})


def _passed(version: Version, environment: Environment) -> bool:
    """It went live there, and not by breaking the glass alone; it is live now, or the rule spares a
    roll back its approvals."""
    rule = rule_for(environment, version.prompt.namespace)
    if rule.roll_back_approved and live_version(version.prompt, environment) != version:
        return False
    rows = Release.objects.filter(version=version, environment=environment)
    return rows.exclude(how__in=(How.BREAK_GLASS, How.ROLL_BACK, How.STEP, How.EXPERIMENT)).exists()
