"""The start of an experiment: what it asks is fixed, and the traffic is shared."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.clock import database_now
from apps.core.errors import require
from apps.core.states import move
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.queries import live_release
from apps.experiments.entries import entry, refused
from apps.experiments.events import STARTED
from apps.experiments.locks import lock_experiment
from apps.experiments.models import Experiment
from apps.experiments.permissions import (
    begins_with_live,
    can_start_experiment,
    metric_arrives,
    no_other_runs,
)
from apps.experiments.planned import planned
from apps.experiments.queries import baseline, running_experiment
from apps.experiments.states import EXPERIMENT, ExperimentState
from apps.releases.actions import Share, share_traffic


@governed
def start_experiment(
    experiment: Experiment,
    *,
    expects: int | None,
    acknowledged: bool = False,
    since: datetime | None = None,
    actor: User,
) -> Experiment:
    """Share the traffic, each version through the gates of a release, and fix what is asked.
    `since`: from when on its calls count, where they are older than the start.

    Refused: 403 without the right there; 409 `started_already`, `another_runs`, `other_live`,
    `no_metric`, `no_spread`, and all that `share_traffic` refuses.
    """
    experiment = lock_experiment(experiment)
    prompt, place = experiment.prompt, experiment.environment
    refusal = refused(STARTED, experiment)
    require(can_start_experiment(actor, experiment), refusal)
    require(no_other_runs(running_experiment(prompt, place), place), refusal)
    require(begins_with_live(experiment, live_release(prompt, place)), refusal)
    known = baseline(prompt, place, experiment.goal)
    now = database_now()
    for guard in experiment.limits:
        require(metric_arrives(guard.metric, baseline(prompt, place, guard.metric).last, now))
    require(metric_arrives(experiment.goal, known.last, now), refusal)
    weights = [arm["weight"] for arm in experiment.arms]
    plan = planned(experiment.goal, experiment.smallest, weights, known)
    require(_can_be_planned(plan), refusal)
    numbers = {version.number: version for version in prompt.versions.all()}
    release = share_traffic(
        prompt,
        environment=place,
        shares=[Share(numbers[arm["version"]], arm["weight"]) for arm in experiment.arms],
        audience=experiment.audience,
        expects=expects,
        reason=experiment.name,
        acknowledged=acknowledged,
        actor=actor,
    )
    assert release.split and plan
    plan["since"] = (since or now).isoformat()
    experiment.plan, experiment.release = plan, release
    experiment.split_id, experiment.arms = release.split["id"], release.split["arms"]
    experiment.started_by, experiment.started_at = actor, now
    experiment.state = ExperimentState.DRAFT
    _go(experiment)
    record(
        STARTED,
        **entry(experiment, actor),
        release=release.pk,
        arms=experiment.arms,
        audience=experiment.audience,
        split=experiment.split_id,
        metric=experiment.metric,
        guards=experiment.guards,
    )
    return experiment


def _can_be_planned(plan: dict[str, Any] | None) -> Verdict:
    if plan is not None:
        return ALLOW
    words = _(
        "The metric does not vary by customer yet, so nobody can say how many it takes. Send it"
        " with the calls and say whom they are for: galley.get(…, unit=…)."
    )
    return not_possible("no_spread", words)


def _go(experiment: Experiment) -> None:
    experiment.save(
        update_fields=["plan", "release", "split_id", "arms", "started_by", "started_at"]
    )
    move(experiment, "state", ExperimentState.RUNNING, EXPERIMENT)
