from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.environments.models import Release
from apps.experiments.metrics import Guard, Metric
from apps.experiments.sentences import metric_name, unit_words
from apps.experiments.states import Hold, OnHarm
from apps.prompts.models import Version
from apps.releases.assignment import Condition
from apps.releases.audience import MOST_CONDITIONS, OPERATOR_WORDS

MAX_REASON = 500
LETTERS = "bcd"
CONDITIONS = range(1, MOST_CONDITIONS + 1)
NO_AMOUNT = _("Write a number, such as 2 or 0.5.")


def guard_field(metric: Metric) -> str:
    return f"guard-{metric.key}"


def guard_label(metric: Metric) -> str:
    """ "Calls that fail, points more"."""
    more = _("less") if metric.higher else _("more")
    return f"{metric_name(metric)}, {unit_words(metric)} {more}".replace(",  ", ", ")


def fraction(metric: Metric, amount: float) -> float:
    """Points and percent are typed as such, and kept as parts of 1."""
    return amount / 100 if metric.is_share or metric.relative else amount


def typed(metric: Metric, amount: float) -> float:
    return round(amount * 100, 6) if metric.is_share or metric.relative else amount


class GuardFields(GalleyForm):
    """A number for each metric that can be guarded; an empty one guards nothing."""

    def guard_with(self, metrics: list[Metric]) -> None:
        self.metrics = {metric.key: metric for metric in metrics}
        for metric in metrics:
            self.fields[guard_field(metric)] = forms.FloatField(
                label=guard_label(metric), required=False, min_value=0, max_value=10_000,
                widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
                error_messages={"invalid": NO_AMOUNT},
            )  # fmt: skip

    @property
    def guard_fields(self) -> Iterator[BoundField]:
        return (self[guard_field(metric)] for metric in self.metrics.values())

    @property
    def guards(self) -> list[Guard]:
        amounts = (
            (metric, self.cleaned_data.get(guard_field(metric))) for metric in self.metrics.values()
        )
        return [
            Guard(metric, fraction(metric, amount))
            for metric, amount in amounts
            if amount is not None
        ]


class ExperimentForm(GuardFields):
    """`live` is what stays with the first share; `others` are the versions to choose from."""

    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=120)
    hypothesis = forms.CharField(
        label=_("We believe"), max_length=1000, widget=forms.Textarea({"rows": 2}),
        help_text=_("What gets better with the new version, and why."),
    )  # fmt: skip
    metric = forms.ChoiceField(label=_("It is decided by"))
    less = forms.BooleanField(
        label=_("Less of it is better"), required=False,
        help_text=_("For feedback such as a number of retries."),
    )  # fmt: skip
    smallest = forms.FloatField(
        label=_("Smallest difference that matters"), min_value=0, max_value=10_000, initial=5,
        widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
        help_text=_("In points for a share, in percent for time and cost, else on its scale."),
        error_messages={"required": NO_AMOUNT, "invalid": NO_AMOUNT},
    )  # fmt: skip
    days = forms.IntegerField(label=_("Days at most"), min_value=1, max_value=92, initial=28)

    def __init__(
        self, *args: Any, live: Release | None, others: list[Version], metrics: list[Metric],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.live, self.others = live, {version.number: version for version in others}
        metric = self.fields["metric"]
        assert isinstance(metric, forms.ChoiceField)
        metric.choices = [(one.key, metric_name(one)) for one in metrics]
        metric.initial = metrics[0].key if metrics else None
        self.fields["weight_a"] = _weight(_("A, % of traffic"), 50)
        choices = [(number, f"v{number}") for number in self.others]
        for place, letter in enumerate(LETTERS[: max(1, min(len(choices), len(LETTERS)))]):
            self._add_arm(letter, choices, first=place == 0)
        for number in CONDITIONS:
            self._add_condition(number)
        self.guard_with(metrics)

    def _add_condition(self, number: int) -> None:
        """Of the audience; one with nothing in it asks for nothing."""
        self.fields[f"attribute_{number}"] = forms.CharField(
            label=_("Attribute %(n)s") % {"n": number}, required=False, max_length=100,
            widget=forms.TextInput({"placeholder": _("plan"), "autocapitalize": "off"}),
        )  # fmt: skip
        self.fields[f"operator_{number}"] = forms.ChoiceField(
            label=_("Condition"), required=False, choices=OPERATOR_WORDS.items(),
        )  # fmt: skip
        self.fields[f"values_{number}"] = forms.CharField(
            label=_("Values, with commas between them"), required=False, max_length=3000,
            widget=forms.TextInput({"placeholder": _("pro, team"), "autocapitalize": "off"}),
        )  # fmt: skip

    @property
    def condition_fields(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        for number in CONDITIONS:
            yield tuple(self[f"{name}_{number}"] for name in ("attribute", "operator", "values"))  # type: ignore[misc]  # three of them

    @property
    def audience(self) -> list[Condition]:
        found = []
        for number in CONDITIONS:
            name, operator, typed = (
                self.cleaned_data.get(f"{part}_{number}") or ""
                for part in ("attribute", "operator", "values")
            )
            if name or typed:
                values = [value.strip() for value in typed.split(",") if value.strip()]
                found.append(
                    {"attribute": name, "operator": operator, "values": list(dict.fromkeys(values))}
                )
        return found

    def _add_arm(self, letter: str, choices: list[tuple[int, str]], *, first: bool) -> None:
        blank: list[tuple[Any, str]] = [] if first else [("", str(_("none")))]
        self.fields[f"version_{letter}"] = forms.TypedChoiceField(
            label=_("Version %(letter)s") % {"letter": letter.upper()}, coerce=int,
            choices=[*blank, *choices], required=first, empty_value=None,
            initial=choices[0][0] if first and choices else None,
            error_messages={"required": _("There is no other version to compare with.")},
        )  # fmt: skip
        label = _("%(letter)s, %% of traffic") % {"letter": letter.upper()}
        self.fields[f"weight_{letter}"] = _weight(label, 50 if first else None, required=first)

    @property
    def arm_fields(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        letters = [letter for letter in LETTERS if f"version_{letter}" in self.fields]
        return (
            (letter.upper(), self[f"version_{letter}"], self[f"weight_{letter}"])
            for letter in letters
        )

    @property
    def shares(self) -> list[tuple[Version, int]]:
        assert self.live is not None
        found = [(self.live.version, self.cleaned_data.get("weight_a") or 0)]
        for letter in LETTERS:
            number = self.cleaned_data.get(f"version_{letter}")
            if number:
                weight = self.cleaned_data.get(f"weight_{letter}") or 0
                found.append((self.others[number], weight))
        return found

    @property
    def goal(self) -> Metric:
        found = self.metrics[self.cleaned_data["metric"]]
        if found.source == "feedback" and not found.is_check:
            return Metric(found.source, found.name, found.kind, not self.cleaned_data.get("less"))
        return found

    @property
    def effect(self) -> float:
        return fraction(self.goal, self.cleaned_data["smallest"])


def _weight(label: Any, initial: int | None, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, initial=initial, required=required, min_value=0, max_value=100,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip


class StartForm(GalleyForm):
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )


class EndForm(GalleyForm):
    """Stop without a winner, or everybody gets one of the versions."""

    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=_("What becomes of it"), widget=forms.RadioSelect)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept with the experiment. Say why, if you stop it without a winner."),
    )  # fmt: skip

    def __init__(self, *args: Any, arms: list[tuple[str, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("%(letter)s for everybody: v%(version)s")
        field = self.fields["outcome"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            *((arm, words % {"letter": arm.upper(), "version": version}) for arm, version in arms),
            ("stop", str(_("Stop without a winner: everybody gets A"))),
        ]


class PlanForm(GuardFields):
    """How a rollout goes on by itself."""

    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    steps = forms.CharField(
        label=_("Steps, in % of the traffic"), max_length=100, initial="5, 25, 50, 100"
    )
    hold = forms.ChoiceField(
        label=_("Before each step it waits for"), choices=Hold.choices, initial=Hold.TIME,
        widget=forms.RadioSelect,
    )  # fmt: skip
    amount = forms.IntegerField(
        label=_("Hours, or customers"), required=False, min_value=1, initial=24,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )  # fmt: skip
    on_harm = forms.ChoiceField(
        label=_("When a guard sees harm"), choices=OnHarm.choices, initial=OnHarm.ROLL_BACK,
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, metrics: list[Metric], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guard_with(metrics)

    def clean_steps(self) -> list[int]:
        parts = self.cleaned_data["steps"].replace("%", " ").replace(",", " ").split()
        if not parts or not all(part.isascii() and part.isdigit() for part in parts):
            words = _("Write rising shares between 1 and 100, such as 5, 25, 50, 100.")
            raise forms.ValidationError(words)
        return [int(part[:6]) for part in parts]


class ReleasePlanForm(PlanForm):
    """A release by steps with the plan of them. `expects`: what the page showed as live."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept with the release."),
    )  # fmt: skip


class PlanActForm(GalleyForm):
    """What a person does with a plan that stands."""

    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        choices=[("pause", _("Pause")), ("resume", _("Go on")), ("end", _("End the plan"))]
    )
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2})
    )
