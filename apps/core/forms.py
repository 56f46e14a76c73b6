"""What all forms share. A form gives shape; whether it is taken, an action decides."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Invalid


class GalleyForm(forms.Form):
    """A form that takes an action's sentences: those of unknown fields stand on top."""

    def take(self, error: Invalid) -> None:
        for field, sentences in error.errors.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)


class ReasonForm(GalleyForm):
    """Why somebody does what they do."""

    reason = forms.CharField(
        label=_("Why"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
