from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.prompts.models import Version
from apps.releases.assignment import WHOLE
from apps.releases.queries import Target

MAX_REASON = 500


FIRST_SHARE = 10
NO_SHARE = _("Say how much of the traffic, in percent from 1 to 100.")


def share_field(**more: Any) -> forms.IntegerField:
    """Percent of the traffic: a number box, with a slider and presets around it (share.js)."""
    words = {"required": NO_SHARE, "invalid": NO_SHARE}
    words |= {"min_value": NO_SHARE, "max_value": NO_SHARE}
    return forms.IntegerField(
        min_value=1, max_value=WHOLE, label=_("% of traffic"), error_messages=words,
        widget=forms.NumberInput({"inputmode": "numeric", "data-share": ""}), **more,
    )  # fmt: skip


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
    way = forms.ChoiceField(
        choices=[("now", _("All at once")), ("steps", _("By steps"))], required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    share = share_field(required=False, initial=FIRST_SHARE)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("way") == "steps" and "share" in found and found["share"] is None:
            self.add_error("share", NO_SHARE)
        return found

    @property
    def first_share(self) -> int | None:
        """None: all at once, also for a first step of 100 %."""
        share = self.cleaned_data["share"]
        return share if self.cleaned_data["way"] == "steps" and share < WHOLE else None


class StepForm(GalleyForm):
    """Another share for a running rollout."""

    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    share = share_field()
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept with the step."),
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


class ScheduleForm(GalleyForm):
    """A release at a time, in the time zone of whoever plans it."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )
    at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        error_messages={"invalid": _("Write it like 2026-12-24 09:30."),
                        "required": _("Choose a day and a time.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept with the release."),
    )  # fmt: skip

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("In your time zone, %(zone)s.")
        self.fields["at"].help_text = str(words) % {"zone": zone}


class WithdrawForm(GalleyForm):
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2})
    )


class BundleForm(GalleyForm):
    """Several versions for one environment; each box says what was live when it was shown."""

    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    acknowledged = forms.BooleanField(
        required=False, label=_("I have seen the hidden characters, and they are meant")
    )
    reason = forms.CharField(
        label=_("Note"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2}),
        help_text=_("Kept with each release."),
    )  # fmt: skip


class GlassForm(GalleyForm):
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    expects = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What is wrong, and why it cannot wait"), max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("At least 20 characters. Everybody who is alarmed reads it."),
        error_messages={"required": _("Say what is wrong and why it cannot wait.")},
    )  # fmt: skip


class FollowUpForm(GalleyForm):
    words = forms.CharField(
        label=_("What you found"), max_length=2000, widget=forms.Textarea({"rows": 3}),
        help_text=_("Was it right to go live without its gates, and what was done since?"),
        error_messages={"required": _("Say what you found, and what was done about it.")},
    )  # fmt: skip


class WaiverForm(GalleyForm):
    version = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    environment = forms.CharField(max_length=63, widget=forms.HiddenInput)
    gate = forms.CharField(max_length=20, widget=forms.HiddenInput)
    subject = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why it may go live all the same"), max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2}), help_text=_("A second person reads it and confirms."),
        error_messages={"required": _("Say why this may go live all the same.")},
    )  # fmt: skip
