from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.environments.models import Rule
from apps.environments.queries import terms_of
from apps.environments.rules import MAX_APPROVALS, MAX_DAYS, Terms
from apps.environments.states import OnLastApproval
from apps.teams.models import Namespace, Team

MAX_REASON = 500


class RuleForm(GalleyForm):
    """All terms of a rule, in the order of its sentence."""

    approvals = forms.IntegerField(
        label=_("Approvals needed"), min_value=0, max_value=MAX_APPROVALS
    )
    teams = forms.ModelMultipleChoiceField(
        Team.objects.all(), label=_("From"), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: anyone who may review there."),
    )  # fmt: skip
    on_last_approval = forms.ChoiceField(
        label=_("After the last approval, a version"),
        choices=OnLastApproval.choices,
        widget=forms.RadioSelect,
    )
    own_approval = forms.BooleanField(
        label=_("People may approve what they edited"), required=False
    )
    in_order = forms.BooleanField(label=_("The environments before it come first"), required=False)
    approvals_survive = forms.BooleanField(
        label=_("Approvals stand when another version goes live meanwhile"), required=False
    )
    approval_days = forms.IntegerField(
        label=_("An approval counts for so many days"), min_value=1, max_value=MAX_DAYS
    )
    roll_back_approved = forms.BooleanField(
        label=_("A roll back needs the approvals, too"), required=False
    )
    reason = forms.CharField(
        label=_("Why"), max_length=MAX_REASON, widget=forms.Textarea({"rows": 2})
    )

    def terms(self) -> Terms:
        typed = self.cleaned_data
        return Terms(
            approvals=typed["approvals"],
            teams=frozenset((team.pk, team.name) for team in typed["teams"]),
            on_last_approval=typed["on_last_approval"],
            own_approval=typed["own_approval"],
            in_order=typed["in_order"],
            approvals_survive=typed["approvals_survive"],
            approval_days=typed["approval_days"],
            roll_back_approved=typed["roll_back_approved"],
        )


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
    return terms.as_json() | {"teams": [pk for pk, _name in terms.teams]}
