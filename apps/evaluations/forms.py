"""Shape of what is typed about suites. Whether it is taken, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.evaluations.entrance import MAX_CASE_NAME
from apps.evaluations.models import Case, Suite
from apps.evaluations.queries import writable_namespaces
from apps.teams.models import Namespace


class SuiteForm(GalleyForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        required=False,
        help_text=_("One line that says what it makes sure of."),
    )
    threshold = forms.FloatField(
        label=_("A case passes from, in %"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_(
            "How much of the checks' weight must pass. Empty: every check. Required checks must"
            " pass in any case."
        ),
    )

    def clean_threshold(self) -> float | None:
        percent = self.cleaned_data["threshold"]
        return None if percent is None else percent / 100


class NewSuiteForm(SuiteForm):
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(),
        label=_("Namespace"),
        to_field_name="path",
        empty_label=_("Choose a namespace"),
        help_text=_("It tests the prompts there and below. Who may see it sees the suite."),
    )
    variables = forms.CharField(
        label=_("Variables"),
        max_length=2000,
        required=False,
        help_text=_("Those that its cases fill in, with commas between. More may come later."),
    )
    field_order = ("name", "namespace", "purpose", "variables", "threshold")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["namespace"]
        field.queryset = writable_namespaces(actor)

    def clean_variables(self) -> list[str]:
        parts = self.cleaned_data["variables"].replace("{", "").replace("}", "").split(",")
        return [part.strip() for part in parts if part.strip()]


class CaseForm(GalleyForm):
    """A case by hand: a field for each variable of its suite."""

    name = forms.CharField(
        label=_("Name"), max_length=MAX_CASE_NAME, required=False,
        help_text=_("Such as “Angry, second message”."),
    )  # fmt: skip
    expected = forms.CharField(
        label=_("Expected answer"), required=False, strip=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("What a good answer says, or its label."),
    )  # fmt: skip
    tags = forms.CharField(
        label=_("Tags"), max_length=1000, required=False,
        help_text=_("With commas between: results can be read tag by tag."),
    )  # fmt: skip

    def __init__(self, *args: Any, suite: Suite, **options: Any) -> None:
        super().__init__(*args, **options)
        self.variables = list(suite.variables) or ["message"]
        for name in self.variables:
            self.fields[f"value-{name}"] = forms.CharField(
                label=name, required=False, strip=False, widget=forms.Textarea({"rows": 2})
            )
        self.order_fields(["name", *(f"value-{name}" for name in self.variables)])

    def take(self, error: Any) -> None:
        """A sentence about a variable stands under its field."""
        named = {f"value-{n}": s for n, s in error.errors.items() if f"value-{n}" in self.fields}
        others = {n: s for n, s in error.errors.items() if f"value-{n}" not in self.fields}
        error.errors = {**named, **others}
        super().take(error)

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        values = {name: given[f"value-{name}"] for name in self.variables}
        return {
            "values": {name: text for name, text in values.items() if text},
            "expected": given["expected"],
            "name": given["name"],
            "tags": tags_of_line(given["tags"]),
        }


def tags_of_line(line: str) -> tuple[str, ...]:
    return tuple(tag.strip() for tag in line.split(",") if tag.strip())


def case_initial(case: Case) -> dict[str, Any]:
    values = {f"value-{name}": shown(value) for name, value in case.values.items()}
    return {**values, "name": case.name, "expected": case.expected, "tags": ", ".join(case.tags)}


def shown(value: Any) -> str:
    """A value as its field shows it."""
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
