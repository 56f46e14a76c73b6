"""When a suite runs by itself, and on what. Whether it may, the action decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.forms import GalleyForm
from apps.environments.queries import environments, live_map
from apps.evaluations.actions import ScheduleTerms
from apps.evaluations.drift_words import weekdays
from apps.evaluations.fields import RepeatsField
from apps.evaluations.models import Suite, SuiteSchedule
from apps.evaluations.states import Every
from apps.llm.queries import models_for
from apps.prompts.queries.prompts import visible_prompts
from apps.prompts.states import IN_USE

MOST = 200


class ScheduleForm(GalleyForm):
    environment = forms.ChoiceField(label=gettext_lazy("What is live in"))
    prompts = forms.MultipleChoiceField(
        label=gettext_lazy("Prompts"), widget=forms.CheckboxSelectMultiple
    )
    model = forms.ChoiceField(label=gettext_lazy("Model"))
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=Every.choices)
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day, if every week"), coerce=int, required=False, empty_value=None
    )
    hour = forms.IntegerField(label=gettext_lazy("Hour"), min_value=0, max_value=23, initial=3)
    repeats = RepeatsField(help_text=gettext_lazy("More than once evens out answers that vary."))
    tolerance = forms.FloatField(
        label=gettext_lazy("Loss that is not told, in points of 100"), min_value=0, max_value=100,
        initial=5,
        help_text=gettext_lazy(
            "You are told when the share of cases that pass has surely fallen by more than this."
        ),
    )  # fmt: skip
    most_cost = forms.DecimalField(
        label=gettext_lazy("Stop each run at, in $"), min_value=0, max_digits=12, decimal_places=4,
        required=False,
    )  # fmt: skip

    def __init__(
        self, *args: Any, suite: Suite, actor: Any, known: SuiteSchedule | None = None, **more: Any
    ) -> None:
        """`known`: the schedule that is changed; its place and its time zone stay."""
        super().__init__(*args, **more)
        self.zone = known.zone if known else actor.time_zone
        rows = visible_prompts(actor).filter(namespace__lineage__contains=[suite.namespace_id])
        prompts = rows.filter(lifecycle__in=IN_USE).select_related("namespace").order_by("name")
        self.prompts = {prompt.path: prompt for prompt in prompts[:MOST]}
        live = {place for _prompt, place in live_map(self.prompts.values())}
        self.places = {one.name: one for one in reversed(environments()) if one.pk in live}
        self._offer(models_for(actor, suite.namespace))
        if len(self.prompts) == 1:
            self.initial["prompts"] = list(self.prompts)
        if known is not None:
            self._begin_as(known)

    def _begin_as(self, known: SuiteSchedule) -> None:
        """What it is now; a model that is not offered any more has to be chosen anew."""
        self.places = {known.environment.name: known.environment}
        del self.fields["environment"]
        names = ("model", "every", "weekday", "hour", "repeats", "most_cost")
        self.initial |= {name: getattr(known, name) for name in names}
        self.initial["tolerance"] = round(known.tolerance * 100, 4)
        self.initial["prompts"] = list(known.prompts.values_list("path", flat=True))

    def _offer(self, models: list[Any]) -> None:
        choices = {
            "environment": [(name, str(one)) for name, one in self.places.items()],
            "prompts": [(path, prompt.name) for path, prompt in self.prompts.items()],
            "model": [(one.name, one.label) for one in models],
            "weekday": [("", _("No certain day")), *enumerate(weekdays())],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        words = _("0 to 23, in the time zone %(zone)s.")
        self.fields["hour"].help_text = words % {"zone": self.zone}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("every") == Every.WEEK and given.get("weekday") is None:
            self.add_error("weekday", _("Choose a day of the week."))
        return given

    def terms(self) -> ScheduleTerms:
        given = dict(self.cleaned_data)
        given["prompts"] = [self.prompts[path] for path in given["prompts"]]
        place = given.get("environment") or next(iter(self.places))
        given["environment"] = self.places[place]
        given["tolerance"] /= 100
        return ScheduleTerms(**given, zone=self.zone)


class NoteForm(GalleyForm):
    note = forms.CharField(
        label=gettext_lazy("Why it is known"), max_length=2000, required=False,
        widget=forms.TextInput(),
    )  # fmt: skip
