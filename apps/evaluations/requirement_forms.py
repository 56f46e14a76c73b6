from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.core.forms import ReasonForm
from apps.evaluations.models import Suite
from apps.evaluations.states import Condition


class RequirementForm(ReasonForm):
    """Which suite, and what of it: a percentage of the cases, or of points below what is live."""

    suite = forms.ModelChoiceField(label=_("Test suite"), queryset=Suite.objects.none())
    condition = forms.ChoiceField(
        label=_("What has to be so"),
        choices=[
            (Condition.NOT_WORSE, _("It passes no fewer cases than what is live does")),
            (Condition.MUST_PASS, _("Enough of its cases pass")),
        ],
        initial=Condition.NOT_WORSE,
        widget=forms.RadioSelect,
    )
    percent = forms.FloatField(
        label=_("Percent"),
        help_text=_(
            "How many of the cases must pass (100: all of them); or by how many points fewer is "
            "still no worse (0: not by one case)."
        ),
        min_value=0,
        max_value=100,
        required=False,
    )
    field_order = ["suite", "condition", "percent", "reason"]

    def __init__(self, *args: Any, suites: QuerySet[Suite], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suite"].queryset = suites  # type: ignore[attr-defined]

    def share(self) -> float:
        """From 0 to 1; what is left empty is the strictest."""
        percent = self.cleaned_data["percent"]
        if percent is None:
            return 1.0 if self.cleaned_data["condition"] == Condition.MUST_PASS else 0.0
        return float(percent) / 100


class RemovalForm(ReasonForm):
    """Why it is taken away, or what becomes of it when that waits for a second person."""

    outcome = forms.ChoiceField(
        choices=[(word, word) for word in ("ask", "confirm", "keep")], widget=forms.HiddenInput
    )
