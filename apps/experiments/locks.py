from __future__ import annotations

from apps.environments.locks import lock_prompt
from apps.experiments.models import Experiment, RolloutPlan, Shadow


def lock_experiment(experiment: Experiment) -> Experiment:
    """The experiment, read anew; its prompt is locked first, as everywhere."""
    prompt = lock_prompt(experiment.prompt)
    rows = Experiment.objects.select_for_update(of=("self",))
    found = rows.select_related("environment", "made_by", "release").get(pk=experiment.pk)
    found.prompt = prompt
    return found


def lock_plan(plan: RolloutPlan) -> RolloutPlan:
    prompt = lock_prompt(plan.prompt)
    rows = RolloutPlan.objects.select_for_update(of=("self",))
    found = rows.select_related("environment", "made_by", "version").get(pk=plan.pk)
    found.prompt = found.version.prompt = prompt
    return found


def lock_shadow(shadow: Shadow) -> Shadow:
    prompt = lock_prompt(shadow.prompt)
    rows = Shadow.objects.select_for_update(of=("self",))
    found = rows.select_related("environment", "made_by", "version", "suite__namespace", "team")
    row = found.get(pk=shadow.pk)
    row.prompt = row.version.prompt = prompt
    return row
