"""What a spreadsheet becomes: its columns, and the suite that takes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.evaluations.queries import writable_namespaces
from apps.evaluations.sheets import Sheet, guess, variable_name
from apps.evaluations.sheets.guessing import EXPECTED, LEFT_OUT, NAME, TAGS, VARIABLE
from apps.teams.models import Namespace

EXAMPLES = 3
FIXED = (
    (EXPECTED, _("the expected answer")),
    (TAGS, _("tags")),
    (NAME, _("the name of the case")),
    (LEFT_OUT, _("left out")),
)


class NewSuiteOfSheetForm(GalleyForm):
    """Where a new suite goes, and by which check it judges at first."""

    name = forms.CharField(label=_("Name of the suite"), max_length=120)
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(), label=_("Namespace"), to_field_name="path",
        empty_label=_("Choose a namespace"),
    )  # fmt: skip
    judge = forms.ChoiceField(label=_("Judge each answer by"), required=False)

    def __init__(
        self, *args: Any, actor: Any, judges: list[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["namespace"]
        field.queryset = writable_namespaces(actor)
        choices: Any = self.fields["judge"]
        choices.choices = [*judges, ("", _("nothing yet: I add checks later"))]


def read_mapping(
    sheet: Sheet, variables: list[str], typed: Mapping[str, str], *, more: bool
) -> dict[str, str]:
    """Column → what it becomes, as typed; guessed where nothing was typed. `more`: other variables
    than these may be guessed too."""
    guessed = guess(sheet.columns, variables, more=more)
    found = {}
    for place, column in enumerate(sheet.columns):
        chosen = typed.get(f"column-{place}", guessed[column])
        found[column] = chosen if _can_be(chosen) else LEFT_OUT
    return found


def _can_be(target: str) -> bool:
    if target.startswith(VARIABLE):
        name = target.removeprefix(VARIABLE)
        return variable_name(name) == name
    return target in {code for code, _words in FIXED}


def mapping_rows(
    sheet: Sheet, variables: list[str], mapping: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What the table of columns shows."""
    known = list(dict.fromkeys([*variables, *_variables_of(mapping)]))
    rows = []
    for place, column in enumerate(sheet.columns):
        own = variable_name(column)
        names = known if own in known else [*known, own]
        choices = [(f"{VARIABLE}{name}", "{{" + name + "}}") for name in names]
        examples = [row.cells[place] for row in sheet.rows if row.cells[place]][:EXAMPLES]
        rows.append(
            {
                "field": f"column-{place}",
                "column": column,
                "examples": [text[:80] for text in examples],
                "chosen": mapping[column],
                "choices": [*choices, *FIXED],
            }
        )
    return rows


def _variables_of(mapping: Mapping[str, str]) -> list[str]:
    return [t.removeprefix(VARIABLE) for t in mapping.values() if t.startswith(VARIABLE)]
