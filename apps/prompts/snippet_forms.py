"""Shape of what is typed about snippets. Whether it is taken, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.prompts.content import BLOCK_LABELS, EXAMPLE_LABELS
from apps.prompts.queries.prompts import writable_namespaces
from apps.teams.models import Namespace

Rows = list[dict[str, str]]
BLANK = {"input": "", "output": ""}


def typed_rows(data: QueryDict) -> Rows:
    """The examples of a form, row by row, as they were typed; empty ones too."""
    pairs = zip(data.getlist("input"), data.getlist("output"), strict=False)
    return [{"input": given, "output": wanted} for given, wanted in pairs]


class WordsForm(GalleyForm):
    """What a snippet says. Its example rows are `input` and `output`, read by `typed_rows`."""

    title = forms.CharField(
        label=_("Title"),
        max_length=1000,
        required=False,
        strip=False,
        help_text=_("Stands above the words in each prompt."),
    )
    body = forms.CharField(
        label=_("Words"), required=False, strip=False, widget=forms.Textarea({"rows": 8})
    )
    rows_as = forms.ChoiceField(
        label=_("How the examples are sent"),
        choices=list(EXAMPLE_LABELS.items()),
        required=False,
    )

    def clean_rows_as(self) -> str:
        return self.cleaned_data["rows_as"] or "messages"

    def of_examples(self) -> list[Any]:
        """The fields that stand with the example rows."""
        return [self["rows_as"]]

    def of_words(self) -> list[Any]:
        return [field for field in self if field.name not in ("rows_as", "reason")]


class SnippetForm(WordsForm):
    """`seen`: the number of the version that the words began from."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("Who writes the prompts that use it reads this first."),
    )


class NewSnippetForm(WordsForm):
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(),
        label=_("Namespace"),
        to_field_name="path",
        empty_label=_("Choose a namespace"),
        help_text=_("Everyone who may see it may use the snippet."),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        required=False,
        help_text=_("One line that says what it is for."),
    )
    type = forms.ChoiceField(label=_("Type of the block"), choices=list(BLOCK_LABELS.items()))
    field_order = ("namespace", "name", "purpose", "type", "title", "body", "rows_as")

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["namespace"]
        field.queryset = writable_namespaces(actor)
