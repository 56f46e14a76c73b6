from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.zones import zones
from apps.core.forms import GalleyForm


class ProfileForm(GalleyForm):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("As others see it."))
    theme = forms.ChoiceField(label=_("Look"), choices=User.Theme.choices, widget=forms.RadioSelect)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    plain_text_boxes = forms.BooleanField(
        label=_("Plain text boxes"),
        required=False,
        help_text=_("Write blocks in plain boxes, without colours and suggestions."),
    )
    single_key_shortcuts = forms.BooleanField(
        label=_("Single keys"),
        required=False,
        help_text=_("J, K, E and others act outside text fields. Press ? for the list."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name.replace("_", " ")) for name in zones()]

    @staticmethod
    def values_of(person: User) -> dict[str, Any]:
        names = ("name", "theme", "time_zone", "plain_text_boxes", "single_key_shortcuts")
        return {name: getattr(person, name) for name in names}
