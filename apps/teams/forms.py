"""What people type about teams, namespaces and rights. Every field is named here and no other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.queries import active_people
from apps.core.forms import GalleyForm
from apps.core.numbers import whole
from apps.teams.models import Capability, Namespace, Team
from apps.teams.queries import managed_namespaces
from apps.teams.roles import ROLES

ROLE_CHOICES = [(role.code, f"{role.name}: {role.sentence}") for role in ROLES.values()]
SINGLE_LABEL = _("Or single rights")


class TeamForm(GalleyForm):
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("“Support leads”"))
    purpose = forms.CharField(label=_("What it is for"), max_length=200, required=False)


class MemberForm(GalleyForm):
    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), empty_label=_("Choose a person")
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = active_people().exclude(memberships__team=team)


class NamespaceForm(GalleyForm):
    """`parent` lists the namespaces that the actor manages."""

    parent = forms.ModelChoiceField(
        label=_("Inside"), queryset=Namespace.objects.none(), empty_label=None
    )
    segment = forms.CharField(
        label=_("Name"), max_length=63, help_text=_("Small letters, digits, - and _: refunds")
    )
    purpose = forms.CharField(label=_("What it is for"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = managed_namespaces(actor)


class PurposeForm(GalleyForm):
    purpose = forms.CharField(label=_("What it is for"), max_length=200, required=False)


class GrantForm(GalleyForm):
    """To a person or a team, as "user:12" or "team:3": a role, or single rights."""

    to = forms.ChoiceField(label=_("To"))
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("No role")), *ROLE_CHOICES], required=False
    )
    capabilities = forms.MultipleChoiceField(
        label=SINGLE_LABEL,
        choices=[(c.value, c.label) for c in Capability],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Why"), max_length=2000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = [(f"team:{team.pk}", team.name) for team in Team.objects.order_by("name")]
        people = [(f"user:{person.pk}", person.name) for person in active_people()]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        choices: list[Any] = [("", _("Choose a team or a person"))]
        field.choices = [*choices, (_("Teams"), teams), (_("People"), people)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("role") and not cleaned.get("capabilities"):
            self.add_error("role", _("Choose a role or at least one right."))
        return cleaned


def holder(code: str) -> User | Team | None:
    """The person or team of "user:12" or "team:3"."""
    kind, _colon, pk = code.partition(":")
    ident = whole(pk)
    if kind == "team":
        return Team.objects.select_related("group").filter(pk=ident).first()
    return User.objects.filter(pk=ident).first() if kind == "user" else None


class InvitationForm(GalleyForm):
    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=120)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team yet")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("No role yet")), *ROLE_CHOICES], required=False
    )
    namespace = forms.ModelChoiceField(
        label=_("On"), queryset=Namespace.objects.none(), required=False,
        empty_label=_("Choose a namespace"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team, namespace = self.fields["team"], self.fields["namespace"]
        assert isinstance(team, forms.ModelChoiceField)
        assert isinstance(namespace, forms.ModelChoiceField)
        team.queryset = Team.objects.order_by("name")
        namespace.queryset = managed_namespaces(actor)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("role")) != bool(cleaned.get("namespace")):
            at = "namespace" if cleaned.get("role") else "role"
            self.add_error(at, _("A role holds on a namespace: choose both or neither."))
        return cleaned


class AskForm(GalleyForm):
    note = forms.CharField(
        label=_("Why you need it"), max_length=2000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip


class AcceptForm(GalleyForm):
    name = forms.CharField(label=_("Your name"), max_length=120)
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; a sentence is good."),
    )


class FirstAdminForm(AcceptForm):
    email = forms.EmailField(label=_("Your e-mail"))
    field_order = ("name", "email", "password")
