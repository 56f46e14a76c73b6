"""What an experiment is to ask, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.delivery.queries import call_days
from apps.environments.locks import lock_prompt
from apps.environments.models import Environment
from apps.environments.queries import live_release
from apps.experiments.entries import entry
from apps.experiments.events import ABANDONED, CHANGED, MADE
from apps.experiments.locks import lock_experiment
from apps.experiments.metrics import Guard, Metric
from apps.experiments.models import Experiment
from apps.experiments.permissions import (
    can_abandon_experiment,
    can_change_experiment,
    can_make_experiment,
)
from apps.experiments.states import EXPERIMENT, ExperimentState
from apps.prompts.models import Prompt, Version
from apps.releases.assignment import Condition, weights_fit
from apps.releases.audience import audience_fits
from apps.releases.permissions import belongs
from apps.releases.splits import LETTERS

MOST_ARMS = 4
LONGEST = 92  # days
MOST_GUARDS = 8


@dataclass(frozen=True)
class Design:
    """What somebody set up. `shares`: (version, percent), what is live first. `audience`: who
    takes part; nothing for everybody."""

    name: str
    hypothesis: str
    shares: Sequence[tuple[Version, int]]
    metric: Metric
    smallest: float
    guards: Sequence[Guard] = field(default_factory=tuple)
    days: int = 28
    audience: Sequence[Condition] = field(default_factory=tuple)


@governed
def make_experiment(
    prompt: Prompt, *, environment: Environment, design: Design, actor: User
) -> Experiment:
    """Set one up; nothing of the traffic changes before it starts."""
    prompt = lock_prompt(prompt)
    require(can_make_experiment(actor, prompt))
    for version, _weight in design.shares:
        require(belongs(version, prompt))
    fields = _fields(prompt, environment, design)
    experiment = Experiment.objects.create(
        prompt=prompt, environment=environment, made_by=actor, **fields
    )
    touch("prompt", prompt.pk)
    record(MADE, **entry(experiment, actor))
    return experiment


@governed
def change_experiment(experiment: Experiment, *, design: Design, actor: User) -> Experiment:
    experiment = lock_experiment(experiment)
    require(can_change_experiment(actor, experiment))
    for version, _weight in design.shares:
        require(belongs(version, experiment.prompt))
    fields = _fields(experiment.prompt, experiment.environment, design)
    for name, value in fields.items():
        setattr(experiment, name, value)
    experiment.save()
    touch("prompt", experiment.prompt_id)
    record(CHANGED, **entry(experiment, actor))
    return experiment


@governed
def abandon_experiment(experiment: Experiment, *, reason: str = "", actor: User) -> Experiment:
    experiment = lock_experiment(experiment)
    require(can_abandon_experiment(actor, experiment))
    move(experiment, "state", ExperimentState.ABANDONED, EXPERIMENT)
    touch("prompt", experiment.prompt_id)
    record(ABANDONED, **entry(experiment, actor, reason.strip()))
    return experiment


def _fields(prompt: Prompt, environment: Environment, design: Design) -> dict[str, Any]:
    """The columns of a design; Invalid with a sentence for each field that does not fit."""
    wrong = _wrong(prompt, environment, design)
    if wrong:
        raise Invalid(wrong)
    return {
        "name": design.name.strip(),
        "hypothesis": design.hypothesis.strip(),
        "arms": [
            {"arm": LETTERS[place], "version": version.number, "weight": weight}
            for place, (version, weight) in enumerate(design.shares)
        ],
        "audience": [dict(condition) for condition in design.audience],
        "metric": design.metric.stored(),
        "smallest": design.smallest,
        "guards": [guard.stored() for guard in design.guards],
        "days": design.days,
    }


def _wrong(prompt: Prompt, environment: Environment, design: Design) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not design.name.strip():
        found["name"] = [_("Give it a name.")]
    if not design.hypothesis.strip():
        found["hypothesis"] = [_("Say what you believe, and why it could be wrong.")]
    for name, sentence in _wrong_arms(prompt, environment, design.shares):
        found.setdefault(name, []).append(sentence)
    if not design.smallest > 0:
        found["smallest"] = [_("Say how small a difference still matters: more than 0.")]
    most = min(LONGEST, call_days(prompt.namespace))
    if not 1 <= design.days <= most:
        words = _("Between 1 and %(most)s days: calls are not kept for longer.")
        found["days"] = [words % {"most": most}]
    if not (audience := audience_fits(design.audience)):
        found["audience"] = [audience.sentence]
    if any(guard.worse < 0 for guard in design.guards) or len(design.guards) > MOST_GUARDS:
        found["guards"] = [_("A guard says by how much it may be worse: 0 or more.")]
    return found


def _wrong_arms(
    prompt: Prompt, environment: Environment, shares: Sequence[tuple[Version, int]]
) -> list[tuple[str, str]]:
    versions = [version.pk for version, _weight in shares]
    weights = [weight for _version, weight in shares]
    found = []
    live = live_release(prompt, environment)
    if live is None:
        words = _("Nothing is live in %(place)s to compare with. Release a version first.")
        found.append(("environment", words % {"place": environment}))
    elif not versions or versions[0] != live.version_id:
        found.append(("versions", _("The first version is the one that is live.")))
    if not 2 <= len(versions) <= MOST_ARMS:
        words = _("Choose at least one other version, and at most %(most)s.")
        found.append(("versions", words % {"most": MOST_ARMS - 1}))
    elif len(set(versions)) < len(versions):
        found.append(("versions", _("Choose each version once, and not the one that is live.")))
    if not weights_fit(weights) or min(weights) < 1:
        words = _("The shares make %(sum)s %%. They are whole numbers of at least 1 that make 100.")
        found.append(("weights", words % {"sum": sum(weights)}))
    return found
