from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.core.history import History
from apps.teams.models import Namespace


class KeepingRule(models.Model):
    """What is kept of the calls of a namespace and of those below it, beside their figures: the
    values and answers (`keep_values`), for `keep_days`, of `sample_share` percent of the calls,
    with personal data masked (`mask`). `call_days`: how long single calls are kept, as figures too;
    their sums stay. The rule on the nearest namespace holds; without any, nothing is kept but the
    figures, for as long as any are."""

    namespace = models.OneToOneField(
        Namespace, on_delete=models.PROTECT, related_name="keeping_rule"
    )
    keep_values = models.BooleanField(default=False)
    keep_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    mask = models.BooleanField(default=True)
    sample_share = models.PositiveSmallIntegerField(
        default=100, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    call_days = models.PositiveSmallIntegerField(
        default=90, validators=[MinValueValidator(31), MaxValueValidator(90)]
    )
    history = History()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    keep_days__range=(1, 90),
                    sample_share__range=(1, 100),
                    call_days__range=(31, 90),
                ),
                name="keeping_rule_within_bounds",
            )
        ]

    def __str__(self) -> str:
        return str(self.namespace)
