"""Fields that several forms of tests have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from apps.evaluations.actions.runs import MAX_REPEATS


class RepeatsField(forms.IntegerField):
    """How many times a run asks each case: once, if nothing else is said."""

    def __init__(self, **more: Any) -> None:
        label = gettext_lazy("How often each case is asked")
        super().__init__(label=label, min_value=1, max_value=MAX_REPEATS, initial=1, **more)
