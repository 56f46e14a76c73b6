"""Figures of runs and what may be said of them. Pure."""

from apps.evaluations.statistics.agreement import (
    agreement_sentence,
    agreement_words,
    alpha,
    kappa,
    trust_sentence,
)
from apps.evaluations.statistics.classes import (
    Classification,
    LabelFigures,
    classification,
    table,
)
from apps.evaluations.statistics.intervals import difference_interval, share_interval
from apps.evaluations.statistics.paired import Comparison, compare, mcnemar
from apps.evaluations.statistics.sentences import headline, sentence

__all__ = [
    "Classification",
    "Comparison",
    "LabelFigures",
    "agreement_sentence",
    "agreement_words",
    "alpha",
    "classification",
    "compare",
    "difference_interval",
    "headline",
    "kappa",
    "mcnemar",
    "sentence",
    "share_interval",
    "table",
    "trust_sentence",
]
