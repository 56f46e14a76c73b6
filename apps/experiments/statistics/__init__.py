"""What may be said of experiments and guards while they run. Pure."""

from apps.experiments.statistics.planning import FEWEST, Plan, plan, planned_information
from apps.experiments.statistics.ratio import is_off
from apps.experiments.statistics.reading import Finding, Limit, Reading, finding, limit, read
from apps.experiments.statistics.samples import Difference, Sample, difference, sample
from apps.experiments.statistics.sequence import ALPHA, FIRST_LOOK, Sequence

__all__ = [
    "ALPHA",
    "FEWEST",
    "FIRST_LOOK",
    "Difference",
    "Finding",
    "Limit",
    "Plan",
    "Reading",
    "Sample",
    "Sequence",
    "difference",
    "finding",
    "is_off",
    "limit",
    "plan",
    "planned_information",
    "read",
    "sample",
]
