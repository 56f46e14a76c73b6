from apps.experiments.models.experiments import Experiment, RolloutPlan
from apps.experiments.models.shadows import Shadow, ShadowAnswer

__all__ = ["Experiment", "RolloutPlan", "Shadow", "ShadowAnswer"]
