"""What all forms share. A form gives shape; whether it is taken, an action decides."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Invalid

PLAIN: dict[str, Any] = {
    "min_value": _("Give at least %(limit_value)s."),
    "max_value": _("Give at most %(limit_value)s."),
}


class GalleyForm(forms.Form):
    """A form that takes an action's sentences: those of unknown fields stand on top. What Django
    would say in its own words is said in plainer ones."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages = PLAIN | field.error_messages
            if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
                field.error_messages["required"] = _("Choose at least one.")

    def take(self, error: Invalid) -> None:
        for field, sentences in error.errors.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)


class ReasonForm(GalleyForm):
    """Why somebody does what they do."""

    reason = forms.CharField(
        label=_("Why"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
