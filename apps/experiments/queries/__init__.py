from apps.experiments.queries.baseline import Baseline, baseline, choices_of_metric, sends_anything
from apps.experiments.queries.experiments import (
    experiment_for,
    experiments_of,
    experiments_that_run,
    running_experiment,
    running_experiments,
    visible_experiments,
)
from apps.experiments.queries.plans import (
    harmed_plans,
    last_plan,
    plan_of,
    plans_of,
    standing_plans,
)
from apps.experiments.queries.seen import facts_of, question_of, split_facts, standing_of, watched

__all__ = [
    "Baseline",
    "baseline",
    "choices_of_metric",
    "experiment_for",
    "experiments_of",
    "experiments_that_run",
    "facts_of",
    "harmed_plans",
    "last_plan",
    "plan_of",
    "plans_of",
    "question_of",
    "running_experiment",
    "running_experiments",
    "sends_anything",
    "split_facts",
    "standing_of",
    "standing_plans",
    "visible_experiments",
    "watched",
]
