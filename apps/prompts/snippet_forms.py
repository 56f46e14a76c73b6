from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm


class SnippetForm(GalleyForm):
    """`seen`: the number of the version that the words began from."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    title = forms.CharField(label=_("Title"), max_length=1000, required=False, strip=False)
    body = forms.CharField(
        label=_("Words"), required=False, strip=False, widget=forms.Textarea({"rows": 8})
    )
    reason = forms.CharField(label=_("Why"), max_length=500)
