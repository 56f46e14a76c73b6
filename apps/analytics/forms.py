from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.analytics.actions import Terms
from apps.analytics.queries.live_checks import check_words, sampled_names, sampled_names_in
from apps.analytics.states import Measure
from apps.core.forms import GalleyForm
from apps.environments.models import Environment
from apps.environments.queries import environments
from apps.prompts.models import Prompt
from apps.teams.models import Namespace

MEASURES = [
    (Measure.ERRORS, _("The share of calls that fail, in percent")),
    (Measure.LATENCY, _("What one call in twenty takes longer than (p95), in milliseconds")),
    (Measure.COST, _("What the calls cost, in dollars")),
    (Measure.LIKED, _("The share of good feedback, in percent: rings below the bound")),
    (Measure.QUALITY, _("The share of sampled answers that pass, in percent: rings below")),
    (Measure.DRIFT, _("Sampled answers that pass less often than earlier ones, in points")),
]


class AlarmForm(GalleyForm):
    """`about`: the path of a prompt. `namespaces`: where the person may set one; not asked where
    a prompt is named."""

    about = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(), label=_("For the calls in"), required=False,
        to_field_name="path", empty_label=None,
    )  # fmt: skip
    environment = forms.ChoiceField(label=_("Environment"))
    measure = forms.ChoiceField(
        choices=MEASURES, label=_("What is watched"), widget=forms.RadioSelect
    )
    bound = forms.FloatField(
        label=_("Bound"), widget=forms.TextInput({"inputmode": "decimal"}),
        help_text=_("In the unit of what is watched: percent, milliseconds, dollars or points."),
    )  # fmt: skip
    subject = forms.ChoiceField(
        label=_("Of sampled answers, which check"), required=False,
        help_text=_("Counts only where sampled answers are watched."),
    )  # fmt: skip
    hours = forms.IntegerField(
        label=_("Over the last hours"), initial=24,
        widget=forms.TextInput({"inputmode": "numeric"}),
        help_text=_("From 1 to 168. With 24, cost is the cost of a day."),
    )  # fmt: skip

    def __init__(self, *args: Any, namespaces: Any, named: Prompt | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sampled_names(named) if named is not None else sampled_names_in(namespaces)
        checks = check_words(names)
        every: list[tuple[str, Any]] = [("", _("Every check together"))]
        self.fields["subject"].choices = [*every, *checks.items()]  # type: ignore[attr-defined]
        if not checks:
            del self.fields["subject"]
        places = environments()
        self.fields["environment"].choices = [(one.name, str(one)) for one in places]  # type: ignore[attr-defined]
        self.fields["namespace"].queryset = namespaces  # type: ignore[attr-defined]
        self.fields["namespace"].required = named is None

    @property
    def terms(self) -> Terms:
        found = self.cleaned_data
        place = Environment.objects.get(name=found["environment"])
        return Terms(place, found["measure"], found["bound"], found["hours"],
                     found.get("subject", ""))  # fmt: skip
