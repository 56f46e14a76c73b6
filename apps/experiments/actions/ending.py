"""The end of an experiment: stopped, decided, or overtaken by another release."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.actors import SYSTEM, Actor
from apps.core.clock import database_now
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.states import move
from apps.environments.models import Release
from apps.environments.queries import live_release
from apps.experiments.entries import entry, refused
from apps.experiments.events import DECIDED, INTERRUPTED, SPOKEN, STOPPED
from apps.experiments.locks import lock_experiment
from apps.experiments.models import Experiment
from apps.experiments.permissions import (
    can_end_experiment,
    is_arm,
    is_interrupted,
    is_running,
    system_only,
)
from apps.experiments.queries import standing_of
from apps.experiments.states import EXPERIMENT, ExperimentState
from apps.releases.actions import end_sharing, release_version
from apps.reviews.queries import review_about

A = "a"


@governed
def stop_experiment(
    experiment: Experiment, *, expects: int | None, reason: str, actor: User
) -> Experiment:
    """Everybody gets what was live before; nothing is chosen."""
    experiment = lock_experiment(experiment)
    refusal = refused(STOPPED, experiment)
    require(can_end_experiment(actor, experiment), refusal)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why. Whoever looks later will want to know.")]})
    release = _take_back(experiment, expects, reason, actor)
    _close(experiment, ExperimentState.STOPPED, reason.strip(), actor)
    told = entry(experiment, actor, reason.strip())
    record(STOPPED, **told, release=release.pk)
    return experiment


@governed
def choose_winner(
    experiment: Experiment,
    *,
    arm: str,
    expects: int | None,
    reason: str = "",
    acknowledged: bool = False,
    actor: User,
) -> Experiment:
    """End it with a version for everybody. Another than the first goes live through the gates of a
    release: one that is closed, and the experiment goes on."""
    experiment = lock_experiment(experiment)
    refusal = refused(DECIDED, experiment)
    require(can_end_experiment(actor, experiment), refusal)
    require(is_arm(experiment, arm), refusal)
    finding = standing_of(experiment).found
    number = next(each["version"] for each in experiment.arms if each["arm"] == arm)
    words = reason.strip() or _("Winner of “%(name)s”") % {"name": experiment.name}
    if arm == A:
        release = _take_back(experiment, expects, words, actor)
    else:
        version = experiment.prompt.versions.get(number=number)
        release = release_version(
            experiment.prompt,
            version=version,
            environment=experiment.environment,
            expects=expects,
            reason=words,
            review=review_about(version, experiment.environment),
            acknowledged=acknowledged,
            actor=actor,
        )
    experiment.winner = arm
    _close(experiment, ExperimentState.DECIDED, reason.strip(), actor)
    told = entry(experiment, actor, reason.strip())
    record(DECIDED, **told, release=release.pk, version=number, winner=arm, finding=finding)
    return experiment


@governed
def interrupt_experiment(experiment: Experiment, *, actor: Actor = SYSTEM) -> Experiment:
    """Something else went live in its place: it is over, with what it said until then."""
    experiment = lock_experiment(experiment)
    live = live_release(experiment.prompt, experiment.environment)
    require(system_only(actor))
    require(is_interrupted(experiment, live))
    words = _("Something else went live.")
    if live is not None:
        words = _("%(version)s went live for everybody.") % {"version": live.version}
    _close(experiment, ExperimentState.STOPPED, words, None)
    told = entry(experiment, actor, words)
    people = [experiment.started_by] if experiment.started_by else []
    record(INTERRUPTED, **told, release=live.pk if live else None, on_behalf=people)
    return experiment


@governed
def tell_finding(
    experiment: Experiment, *, finding: str, words: str, actor: Actor = SYSTEM
) -> Experiment:
    """Tell, once, what it has to say; it goes on until a person ends it."""
    experiment = lock_experiment(experiment)
    require(system_only(actor))
    require(is_running(experiment))
    experiment.told = finding
    experiment.save(update_fields=["told"])
    touch("prompt", experiment.prompt_id)
    people = [experiment.started_by] if experiment.started_by else []
    record(SPOKEN, **entry(experiment, actor, words), finding=finding, on_behalf=people)
    return experiment


def _take_back(experiment: Experiment, expects: int | None, reason: str, actor: Any) -> Release:
    return end_sharing(
        experiment.prompt,
        environment=experiment.environment,
        expects=expects,
        reason=reason.strip(),
        actor=actor,
    )


def _close(experiment: Experiment, state: str, outcome: str, who: User | None) -> None:
    """What it said is kept with it: its calls are not kept for ever."""
    now = standing_of(experiment)
    experiment.result = {"found": now.found, "verdict": now.verdict, "facts": now.facts.stored()}
    experiment.ended_by, experiment.ended_at = who, database_now()
    experiment.outcome = outcome
    experiment.save(update_fields=["result", "ended_by", "ended_at", "outcome", "winner"])
    move(experiment, "state", state, EXPERIMENT)
    touch("prompt", experiment.prompt_id)
