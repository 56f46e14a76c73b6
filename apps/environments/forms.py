from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.environments.freezes import makes_sense
from apps.environments.models import Rule
from apps.environments.queries import terms_of
from apps.environments.rules import MAX_APPROVALS, MAX_DAYS, SCALARS, Terms
from apps.environments.states import OnLastApproval
from apps.environments.term_fields import FreezeFields, LockFields, kept
from apps.teams.models import Namespace, Team

MAX_REASON = 500


def _pick() -> forms.NumberInput:
    """A control inside a sentence."""
    return forms.NumberInput({"class": "pick"})


class RuleForm(FreezeFields, LockFields):
    """All terms of a rule, in the order of its sentence."""

    approvals = forms.IntegerField(
        label=_("Approvals needed"), min_value=0, max_value=MAX_APPROVALS, widget=_pick()
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), label=_("Approvals come from"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: anyone who may review there."),
    )  # fmt: skip
    approval_days = forms.IntegerField(
        label=_("Days that an approval counts"), min_value=1, max_value=MAX_DAYS,
        widget=_pick(),
    )  # fmt: skip
    on_last_approval = forms.ChoiceField(
        label=_("After the last approval, a version"),
        choices=OnLastApproval.choices,
        widget=forms.Select({"class": "pick"}),
    )
    own_approval = forms.TypedChoiceField(
        label=_("Approvals from people who edited the text"), required=False, empty_value=False,
        choices=[("", _("not")), ("on", _("also"))], coerce=bool,
        widget=forms.Select({"class": "pick"}),
    )  # fmt: skip
    in_order = forms.BooleanField(label=_("The environments before it come first"), required=False)
    approvals_survive = forms.BooleanField(
        label=_("Approvals stand when another version goes live meanwhile"), required=False
    )
    roll_back_approved = forms.BooleanField(
        label=_("A roll back needs the approvals, too"), required=False
    )
    reason = forms.CharField(
        label=_("Why"), max_length=MAX_REASON, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, rule: Rule | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = terms_of(rule) if rule else None
        self.locked = there.locks if there else frozenset()
        self.offer_freezes(there.freezes if there else ())
        self.offer_locks(self.locked)
        for name in ("approvals", "approval_days", "on_last_approval", "own_approval"):
            self.fields[name].widget.attrs["aria-label"] = self.fields[name].label

    def clean(self) -> dict[str, Any]:
        self.check_freeze()
        self.check_lock()
        return self.cleaned_data

    def terms(self) -> Terms:
        typed = self.cleaned_data
        return Terms(
            **{name: typed[name] for name in SCALARS},
            teams=frozenset((team.pk, team.name) for team in typed["teams"]),
            freezes=self.freezes_said(),
            locks=self.locks_said(self.locked),
        )

    def terms_so_far(self, now: Terms) -> Terms:
        """What would hold if it were saved as it is typed now; `now` where it cannot be read."""
        self.is_valid()
        typed = self.cleaned_data
        said = {name: typed[name] for name in SCALARS if name in typed}
        if "teams" in typed:
            said["teams"] = frozenset((team.pk, team.name) for team in typed["teams"])
        if "freezes" in typed and (self.added is None or makes_sense(self.added)):
            said["freezes"] = self.freezes_said()
        if "locks" in typed:
            said["locks"] = self.locks_said(self.locked)
        return replace(now, **said)


class OverrideForm(RuleForm):
    namespace = forms.ModelChoiceField(
        Namespace.objects.none(), label=_("Namespace"), to_field_name="path",
        empty_label=_("Choose a namespace"),
    )  # fmt: skip
    field_order = ("namespace",)

    def __init__(self, *args: Any, namespaces: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["namespace"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = namespaces


def initial_of(rule: Rule) -> dict[str, Any]:
    terms = terms_of(rule)
    said = {name: getattr(terms, name) for name in SCALARS} | kept(terms.freezes, terms.locks)
    return said | {
        "teams": [pk for pk, _name in terms.teams],
        "own_approval": "on" if terms.own_approval else "",
    }


class DecideChangeForm(GalleyForm):
    """The answer to a looser rule that waits."""

    outcome = forms.ChoiceField(
        choices=[(each, each) for each in ("approve", "refuse", "withdraw")],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose what to do.")},
    )
    reason = forms.CharField(
        label=_("Your words"), required=False, max_length=MAX_REASON,
        widget=forms.Textarea({"rows": 2}), help_text=_("Needed to refuse it."),
    )  # fmt: skip
