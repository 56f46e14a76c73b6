from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from apps.core.actors import Actor
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.experiments.models import Experiment
from apps.experiments.states import ExperimentState
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts

SHOWN = ("prompt__namespace", "environment", "made_by", "started_by", "ended_by", "release")


def visible_experiments(actor: Actor) -> QuerySet[Experiment]:
    rows = Experiment.objects.filter(prompt__in=visible_prompts(actor))
    return rows.select_related(*SHOWN)


def experiment_for(actor: Actor, pk: int) -> Experiment:
    """One experiment on a prompt that the actor may see, or 404."""
    found = visible_experiments(actor).filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def experiments_of(prompt: Prompt) -> list[Experiment]:
    rows = Experiment.objects.filter(prompt=prompt).exclude(state=ExperimentState.ABANDONED)
    return list(rows.select_related(*SHOWN))


def running_experiment(prompt: Prompt, environment: Environment) -> Experiment | None:
    rows = Experiment.objects.filter(
        prompt=prompt, environment=environment, state=ExperimentState.RUNNING
    )
    return rows.select_related(*SHOWN).first()


def experiments_that_run(releases: Iterable[int]) -> list[Experiment]:
    """Those that these releases began."""
    rows = Experiment.objects.filter(release__in=releases, state=ExperimentState.RUNNING)
    return list(rows.order_by("pk"))


def running_experiments() -> list[Experiment]:
    rows = Experiment.objects.filter(state=ExperimentState.RUNNING).select_related(*SHOWN)
    return list(rows.order_by("pk"))
