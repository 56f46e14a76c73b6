from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.prompts.models import Version
from apps.releases.queries import Target

MAX_REASON = 500


class ReleaseForm(GalleyForm):
    """`expects` is the release that the page showed as live; nothing was live where it is empty."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept with the release."),
    )  # fmt: skip


class RollBackForm(GalleyForm):
    version = forms.TypedChoiceField(label=_("Back to"), coerce=int)
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"), max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2, "autofocus": True}),
        error_messages={"required": _("Say why. Whoever looks later will want to know.")},
    )  # fmt: skip

    def __init__(self, *args: Any, targets: list[Target], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(target.version.number, target.words) for target in targets]


class LabelForm(GalleyForm):
    """A label and the version that it is put on. `expects`: where the page showed it."""

    name = forms.CharField(
        label=_("Name of the label"), max_length=63,
        help_text=_("For example “stable” or “campaign-x”. Applications ask for it with ?label="),
    )  # fmt: skip
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    version = forms.TypedChoiceField(label=_("Put it on"), coerce=int)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept in the history of the label."),
    )  # fmt: skip

    def __init__(self, *args: Any, versions: list[Version], moves: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(version.number, str(version)) for version in versions]
        if moves:
            self.fields["name"].widget = forms.HiddenInput()


class RemoveLabelForm(GalleyForm):
    name = forms.CharField(max_length=63, widget=forms.HiddenInput)
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why"), max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2, "autofocus": True}),
        error_messages={"required": _("Say why. Applications that ask for it get an error.")},
    )  # fmt: skip
