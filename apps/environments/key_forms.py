from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.queries import people
from apps.core.forms import GalleyForm
from apps.environments.models import Environment
from apps.environments.states import KeyKind
from apps.teams.models import Namespace
from apps.teams.queries import managed_namespaces


class KeyForm(GalleyForm):
    """`namespaces` are those that the actor manages; without an owner the actor owns the key."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The application that will use it.")
    )
    kind = forms.ChoiceField(
        label=_("What it may do"),
        choices=KeyKind.choices,
        initial=KeyKind.READ,
        widget=forms.RadioSelect,
    )
    environment = forms.ModelChoiceField(
        label=_("Environment"), queryset=Environment.objects.none(), empty_label=None
    )
    namespaces = forms.ModelMultipleChoiceField(
        label=_("Namespaces that it opens, and all below"),
        queryset=Namespace.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    owner = forms.ModelChoiceField(
        label=_("Who it acts for"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("You"),
        help_text=_(
            "A key never does more than this person may, and what it edits counts as theirs."
        ),
    )
    expires_in_days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=365, initial=90
    )

    def __init__(
        self, *args: Any, actor: User, wanted: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        """`wanted`: the name of an environment and the path of a namespace, chosen beforehand."""
        super().__init__(*args, **kwargs)
        environment, places = self.fields["environment"], self.fields["namespaces"]
        owner = self.fields["owner"]
        assert isinstance(environment, forms.ModelChoiceField)
        assert isinstance(places, forms.ModelMultipleChoiceField)
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = people().filter(is_active=True).exclude(pk=actor.pk)
        environment.queryset = Environment.objects.all()
        places.queryset = managed_namespaces(actor)
        if wanted:
            chosen = Environment.objects.filter(name=wanted.get("environment"))
            environment.initial = chosen.first()
            places.initial = places.queryset.filter(path=wanted.get("namespace"))


class RotateKeyForm(GalleyForm):
    overlap_days = forms.TypedChoiceField(
        label=_("The old key works on for"),
        coerce=int,
        initial=7,
        choices=[(0, _("Nothing: it stops at once")), (1, _("A day")), (7, _("7 days")),
                 (30, _("30 days"))],
        help_text=_("Give the new key to the application meanwhile."),
    )  # fmt: skip
    expires_in_days = forms.IntegerField(
        label=_("Days until the new one expires"), min_value=1, max_value=365, initial=90
    )


class RevokeKeyForm(GalleyForm):
    reason = forms.CharField(label=_("Why"), max_length=2000)
