"""The form of a check: made of what its kind can be set to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.evaluations.checks import Field, Kind


class CheckForm(GalleyForm):
    weight = forms.FloatField(
        label=_("Weight"), min_value=0, max_value=1000, initial=1,
        help_text=_("Twice the weight counts twice in the score of a case."),
    )  # fmt: skip
    required = forms.BooleanField(
        label=_("Required: a case that fails it fails, whatever else passes"), required=False
    )

    def __init__(self, *args: Any, kind: Kind, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind
        for field in kind.fields:
            self.fields[field.name] = _made(field)
        self.order_fields([field.name for field in kind.fields])

    @property
    def of_kind(self) -> list[Any]:
        return [self[field.name] for field in self.kind.fields]

    def settings(self) -> dict[str, Any]:
        return {field.name: self._value(field) for field in self.kind.fields}

    def _value(self, field: Field) -> Any:
        given = self.cleaned_data[field.name]
        if field.type == "lines":
            return [line.strip() for line in given.splitlines() if line.strip()]
        return given or field.default if field.type == "choice" else given


def _made(field: Field) -> forms.Field:
    words: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": False}
    if field.type == "yes_no":
        return forms.BooleanField(**words)
    if field.type == "choice":
        return forms.ChoiceField(choices=list(field.choices), **words)
    words["required"] = field.required
    if field.type == "number":
        return forms.FloatField(min_value=field.low, max_value=field.high, **words)
    if field.type == "line":
        return forms.CharField(max_length=1000, **words)
    rows = 4 if field.type == "lines" else 6
    return forms.CharField(strip=False, widget=forms.Textarea({"rows": rows}), **words)


def check_initial(kind: Kind, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields: the settings, and the defaults of what is not set."""
    initial = kind.filled(settings)
    for field in kind.fields:
        if field.type == "lines":
            initial[field.name] = "\n".join(initial[field.name])
    return initial
