from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.environments.models import Environment
from apps.prompts.models import Prompt
from apps.reviews.queries import requested_environments

MAX_REASON = 500
MAX_WORDS = 10_000

APPROVE, CHANGES, COMMENT = "approve", "request_changes", "comment"
OUTCOMES = (
    (APPROVE, _("Approve")),
    (CHANGES, _("Ask for changes")),
    (COMMENT, _("Only comment")),
)


class RequestForm(GalleyForm):
    environment = forms.ModelChoiceField(
        Environment.objects.none(), label=_("For"), to_field_name="name", empty_label=None,
        error_messages={"invalid_choice": _("Choose an environment that needs approvals.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), max_length=MAX_REASON, widget=forms.Textarea({"rows": 3}),
        help_text=_("One sentence. Reviewers read it first, and the release keeps it."),
    )  # fmt: skip
    summary = forms.CharField(
        label=_("What changes"), required=False, max_length=MAX_WORDS,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Written from the differences. Say it in your own words if you like."),
    )  # fmt: skip
    release_when_approved = forms.BooleanField(
        label=_("Release when approved"), required=False,
        help_text=_("The last approval then makes it live, without waiting for a releaser."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, prompt: Prompt, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [place.name for place in requested_environments(prompt.namespace)]
        field = self.fields["environment"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Environment.objects.filter(name__in=names)
        # The effect follows the choice; nothing else of the form is sent or touched.
        address = reverse("reviews:request_review", args=[prompt.path])
        field.widget.attrs |= {
            "hx-get": f"{address}?part=effect", "hx-include": "#panel [name=version]",
            "hx-trigger": "change", "hx-target": "#asked-effect", "hx-swap": "innerHTML",
        }  # fmt: skip


class FinishForm(GalleyForm):
    """`content_hash` and `live_revision` are of the text that the page showed and of what it was
    compared with: what is signed is what was seen. `since`: only what changed since that version
    was shown."""

    outcome = forms.ChoiceField(choices=OUTCOMES, widget=forms.RadioSelect, initial=APPROVE)
    text = forms.CharField(
        label=_("What you want to say"), required=False, max_length=MAX_WORDS,
        widget=forms.Textarea({"rows": 4}),
    )  # fmt: skip
    content_hash = forms.CharField(max_length=80, widget=forms.HiddenInput)
    live_revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    since = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class WithdrawForm(GalleyForm):
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=MAX_REASON, widget=forms.Textarea({"rows": 2})
    )


class ThreadForm(GalleyForm):
    body = forms.CharField(
        label=_("Comment"), max_length=MAX_WORDS, widget=forms.Textarea({"rows": 4})
    )
    block_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    quote = forms.CharField(required=False, max_length=MAX_WORDS, widget=forms.HiddenInput)


class ReplyForm(GalleyForm):
    body = forms.CharField(
        label=_("Reply"), max_length=MAX_WORDS, widget=forms.Textarea({"rows": 3})
    )
