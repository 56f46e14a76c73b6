from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.reviews.forms import MAX_WORDS, ThreadForm

MAX_SIDE = 200


class AnchoredForm(ThreadForm):
    """`before` and `after`: what stands around the selected words."""

    before = forms.CharField(
        required=False, max_length=MAX_SIDE, strip=False, widget=forms.HiddenInput
    )
    after = forms.CharField(
        required=False, max_length=MAX_SIDE, strip=False, widget=forms.HiddenInput
    )


class CommentForm(GalleyForm):
    body = forms.CharField(
        label=_("Comment"), max_length=MAX_WORDS, widget=forms.Textarea({"rows": 4})
    )


class SuggestionForm(GalleyForm):
    """`revision`: what the draft's block said when its text was put into the form. `thread`: the
    conversation that it answers, if any."""

    text = forms.CharField(
        label=_("The block, as you would write it"), strip=False,
        widget=forms.Textarea({"rows": 14, "dir": "auto"}),
        help_text=_("Whoever edits here sees what you changed, and takes it in with one click."),
    )  # fmt: skip
    body = forms.CharField(
        label=_("Why"), required=False, max_length=MAX_WORDS, widget=forms.Textarea({"rows": 2})
    )
    block_key = forms.UUIDField(widget=forms.HiddenInput)
    thread = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    revision = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
