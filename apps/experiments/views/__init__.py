from apps.experiments.views.ending import end_experiment
from apps.experiments.views.lists import experiments
from apps.experiments.views.reading import experiment
from apps.experiments.views.releasing import release_by_itself
from apps.experiments.views.rollouts import guard_rollout
from apps.experiments.views.setup import abandon_experiment, change_experiment, make_experiment
from apps.experiments.views.shadows import act_shadow, make_shadow, shadow, shadow_answer
from apps.experiments.views.starting import start_experiment

__all__ = [
    "abandon_experiment",
    "act_shadow",
    "change_experiment",
    "end_experiment",
    "experiment",
    "experiments",
    "guard_rollout",
    "make_experiment",
    "make_shadow",
    "release_by_itself",
    "shadow",
    "shadow_answer",
    "start_experiment",
]
