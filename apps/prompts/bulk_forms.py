"""What an act on many prompts asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.prompts.bulk import Act
from apps.prompts.queries.prompts import movable_namespaces
from apps.teams.models import Namespace, Team


class BulkForm(GalleyForm):
    """Only the fields that the act asks for."""

    owner = forms.ModelChoiceField(
        Team.objects.none(), label=_("Owner team"), required=False, empty_label=_("No team")
    )
    tag = forms.CharField(label=_("Tag"), max_length=40)
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(), label=_("Namespace"), to_field_name="path",
        empty_label=_("Choose a namespace"), help_text=_("Each keeps the last part of its path."),
    )  # fmt: skip
    sunset = forms.DateField(
        label=_("Kept up until"), required=False, widget=forms.DateInput({"type": "date"})
    )
    reason = forms.CharField(label=_("Why"), max_length=500)
    still_live = forms.BooleanField(
        label=_("Archive also what is live or still fetched"), required=False
    )

    def __init__(self, *args: Any, act: Act, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in set(self.fields) - set(act.asks):
            del self.fields[name]
        self._offer("owner", Team.objects.order_by("name"))
        self._offer("namespace", movable_namespaces(actor))

    def _offer(self, name: str, rows: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows
