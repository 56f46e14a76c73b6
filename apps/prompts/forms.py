"""Shape and clean what people type. Rights and rules are the actions' own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm, ReasonForm
from apps.prompts import content
from apps.prompts.models import Prompt
from apps.prompts.naming import MAX_PATTERN, MAX_SENTENCE
from apps.prompts.queries.naming import naming_rules
from apps.prompts.queries.prompts import (
    movable_namespaces,
    visible_prompts,
    writable_namespaces,
)
from apps.prompts.values import read_value
from apps.teams.models import Namespace, Team

MAX_REASON = 500
MAX_PASTE = content.MAX_VERSION_BYTES


def _teams() -> QuerySet[Team]:
    return Team.objects.order_by("name")


class TagsField(forms.CharField):
    """Words set apart by commas."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Tags"))
        options.setdefault("help_text", _("Set apart by commas, such as “cards, triage”."))
        super().__init__(required=False, max_length=1000, **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        return [tag.strip() for tag in super().clean(value).split(",") if tag.strip()]


class PromptForm(GalleyForm):
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(),
        label=_("Namespace"),
        to_field_name="path",
        empty_label=_("Choose a namespace"),
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    segment = forms.CharField(
        label=_("Last part of the path"),
        max_length=63,
        required=False,
        help_text=_(
            "Small letters, digits, - and _; made from the name if left empty. "
            "Applications fetch the prompt by its path."
        ),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=200,
        required=False,
        help_text=_("One line that says what it is for."),
    )
    owner = forms.ModelChoiceField(
        Team.objects.none(), label=_("Owner team"), required=False, empty_label=_("No team")
    )
    tags = TagsField()

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _choices(self, "namespace", writable_namespaces(actor))
        _choices(self, "owner", _teams())
        self.fields["namespace"].help_text = _names_in_words(actor)

    def clean_segment(self) -> str:
        """What was typed, or the name as a path can hold it."""
        typed: str = self.cleaned_data["segment"]
        named = slugify(self.cleaned_data.get("name", "")).lstrip("-_")[:63]
        return typed or named or "prompt"


def _names_in_words(actor: Any) -> str:
    """The naming rules that one may meet, where a name is chosen."""
    return " ".join(f"{rule.namespace}: {rule.words}" for rule in naming_rules(actor)[:6])


def _choices(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


class PromptDetailsForm(GalleyForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)
    tags = TagsField()

    def __init__(self, *args: Any, prompt: Prompt, **options: Any) -> None:
        known = {name: getattr(prompt, name) for name in ("name", "purpose", "tags")}
        options.setdefault("initial", known)
        super().__init__(*args, **options)


class OwnerForm(GalleyForm):
    owner = forms.ModelChoiceField(
        Team.objects.none(), label=_("Owner team"), required=False, empty_label=_("No team")
    )
    reason = forms.CharField(label=_("Why"), max_length=MAX_REASON, required=False)

    def __init__(self, *args: Any, prompt: Prompt, **options: Any) -> None:
        options.setdefault("initial", {"owner": prompt.owner})
        super().__init__(*args, **options)
        _choices(self, "owner", _teams())


class MoveForm(GalleyForm):
    """Where it may go: its own namespace, and those that the person manages."""

    namespace = forms.ModelChoiceField(
        Namespace.objects.none(), label=_("Namespace"), to_field_name="path", empty_label=None
    )
    segment = forms.CharField(
        label=_("Last part of the path"),
        max_length=63,
        help_text=_("Small letters, digits, - and _."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=MAX_REASON,
        help_text=_("Whoever wonders about the old path reads it in the audit trail."),
    )

    def __init__(self, *args: Any, actor: Any, prompt: Prompt, **options: Any) -> None:
        known = {"namespace": prompt.namespace.path, "segment": prompt.segment}
        options.setdefault("initial", known)
        super().__init__(*args, **options)
        own = Namespace.objects.filter(pk=prompt.namespace_id)
        _choices(self, "namespace", movable_namespaces(actor) | own)
        self.fields["namespace"].help_text = _names_in_words(actor)


class ArchiveForm(ReasonForm):
    still_live = forms.BooleanField(
        label=_("Archive it although applications use it"),
        required=False,
        help_text=_("What is live stays live, and its answers say that it is deprecated."),
    )


class DeprecateForm(GalleyForm):
    successor = forms.CharField(
        label=_("Fetch instead"),
        max_length=520,
        required=False,
        help_text=_("The path of another prompt, such as support/refunds/reply."),
    )
    sunset = forms.DateField(
        label=_("Kept up until"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("The last day. It is served afterwards too, until somebody archives it."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=MAX_REASON,
        help_text=_("The owners of the keys that fetch it read it in their inbox."),
    )

    def __init__(self, *args: Any, actor: Any, prompt: Prompt, **options: Any) -> None:
        known = {"successor": prompt.successor.path if prompt.successor else ""}
        options.setdefault("initial", {**known, "sunset": prompt.sunset})
        super().__init__(*args, **options)
        self._actor = actor

    def clean_successor(self) -> Prompt | None:
        path: str = self.cleaned_data["successor"].strip().strip("/")
        if not path:
            return None
        found = visible_prompts(self._actor).filter(path=path).first()
        if found is None:
            raise forms.ValidationError(_("There is no such prompt that you can see."))
        return found


class ReactivateForm(GalleyForm):
    reason = forms.CharField(label=_("Why"), max_length=MAX_REASON)


class RestoreForm(ReasonForm):
    pass


class NamingForm(GalleyForm):
    pattern = forms.CharField(
        label=_("Pattern"),
        max_length=MAX_PATTERN,
        help_text=_(
            "* stands for any letters, | between alternatives: “*-reply | *-summary”. "
            "No regular expressions."
        ),
    )
    sentence = forms.CharField(
        label=_("The same as a sentence"),
        max_length=MAX_SENTENCE,
        required=False,
        help_text=_("Whoever names a prompt reads it: “Names end in -reply or -summary.”"),
    )


class DismissForm(GalleyForm):
    """`finding` is its digest, which the pane knows."""

    finding = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why this is no problem"),
        max_length=MAX_REASON,
        help_text=_("Reviewers read it beside what was found."),
    )


class VersionForm(GalleyForm):
    reason = forms.CharField(
        label=_("Why"),
        max_length=MAX_REASON,
        help_text=_("One line that says what is better now, and why."),
    )


class VariableForm(GalleyForm):
    """`default` and `choices` are texts here; `part()` gives them the variable's types."""

    name = forms.CharField(label=_("Name"), max_length=64)
    type = forms.ChoiceField(label=_("Type"), choices=list(content.VARIABLE_LABELS.items()))
    required = forms.BooleanField(label=_("Required"), required=False)
    default = forms.CharField(
        label=_("Default"), required=False, strip=False, widget=forms.Textarea({"rows": 1})
    )
    description = forms.CharField(label=_("Description"), max_length=200, required=False)
    max_length = forms.IntegerField(label=_("Longest text"), required=False, min_value=1)
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One a line, for a choice."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if self.errors:
            return cleaned
        part = self._shape(cleaned)
        value, sentence = read_value({**part, "required": False}, cleaned["default"])
        if sentence:
            self.add_error("default", sentence)
        elif value is not None and cleaned["required"]:
            self.add_error("default", _("What is required has no default. Clear one of the two."))
        cleaned["default"], cleaned["choices"] = value, part["choices"]
        return cleaned

    def _shape(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        lines = (line.strip() for line in cleaned["choices"].splitlines())
        return content.new_variable(
            cleaned["name"],
            type=cleaned["type"],
            required=cleaned["required"],
            max_length=cleaned["max_length"],
            choices=[line for line in lines if line] if cleaned["type"] == "choice" else [],
        )


class SettingsForm(GalleyForm):
    headings = forms.ChoiceField(label=_("Headings"), choices=list(content.HEADING_LABELS.items()))
    model = forms.CharField(label=_("Model"), max_length=200, required=False)
    temperature = forms.FloatField(label=_("Temperature"), required=False, min_value=0, max_value=2)
    max_tokens = forms.IntegerField(label=_("Longest answer, in tokens"), required=False)


class VariantForm(GalleyForm):
    name = forms.CharField(label=_("Model"), max_length=200)
    temperature = forms.FloatField(label=_("Temperature"), required=False, min_value=0, max_value=2)
    max_tokens = forms.IntegerField(label=_("Longest answer, in tokens"), required=False)


class PasteForm(GalleyForm):
    text = forms.CharField(
        label=_("The prompt as it is now"),
        strip=False,
        widget=forms.Textarea({"rows": 16}),
        help_text=_("Markdown headings become blocks. You confirm them in the next step."),
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if sentence := content.check_text(text):
            raise forms.ValidationError(sentence)
        if len(text.encode()) > MAX_PASTE:
            raise forms.ValidationError(_("This is over 1 MiB. Split it into several prompts."))
        return content.normalise(text)
