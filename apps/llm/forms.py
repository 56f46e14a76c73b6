from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.core.forms import GalleyForm
from apps.llm.actions import ModelTerms, Terms
from apps.llm.models import Budget, ConnectedModel, Connection, ModelPermit
from apps.llm.questions import BASE_URLS
from apps.llm.states import ConnectionKind, ModelUse, Standing
from apps.teams.models import Namespace

PRICE = {"min_value": 0, "max_digits": 12, "decimal_places": 6, "required": False}


class ConnectionForm(GalleyForm):
    """The key is written and never read: the page shows its last four letters alone."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As lists show it."))
    kind = forms.ChoiceField(
        label=_("Provider"), choices=ConnectionKind.choices, initial=ConnectionKind.OPENAI
    )
    base_url = forms.CharField(
        label=_("Address"), max_length=300, required=False,
        widget=forms.TextInput({"inputmode": "url", "spellcheck": "false"}),
        help_text=_("Empty: the provider's own, such as %(url)s.") % {"url": BASE_URLS["openai"]},
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Key"), max_length=2000, required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )  # fmt: skip
    max_parallel = forms.IntegerField(
        label=_("Calls at once, at most"), min_value=1, max_value=256, initial=8,
        help_text=_("Galley asks for less by itself when the provider says that it is too much."),
    )  # fmt: skip
    timeout_s = forms.IntegerField(
        label=_("Seconds to wait for an answer"), min_value=1, max_value=600, initial=60
    )
    allow_private = forms.BooleanField(
        label=_("It lies inside the network"), required=False,
        help_text=_("Allows http and addresses that are not public, for this connection alone."),
    )  # fmt: skip

    def __init__(self, *args: Any, connection: Connection | None = None, **kwargs: Any) -> None:
        if connection is not None:
            kwargs["initial"] = {name: getattr(connection, name) for name in self.base_fields}
            kwargs["initial"].pop("secret")
        super().__init__(*args, **kwargs)
        if connection is not None and connection.secret:
            words = _now("A key is kept%(last4)s. Leave this empty to keep it.")
            last4 = f" (…{connection.secret_last4})" if connection.secret_last4 else ""
            self.fields["secret"].help_text = words % {"last4": last4}
        else:
            self.fields["secret"].help_text = _now("It is encrypted, and never shown again.")

    def terms(self) -> Terms:
        typed = {name: value for name, value in self.cleaned_data.items() if name != "secret"}
        return Terms(**typed)


class ModelTermsForm(GalleyForm):
    name = forms.CharField(
        label=_("Name in prompts"), max_length=200,
        help_text=_("Such as openai/gpt-5-mini: the provider, a slash, the model."),
    )  # fmt: skip
    remote_name = forms.CharField(
        label=_("Name at the provider"), max_length=200, required=False,
        help_text=_("Empty: what stands after the slash."),
    )  # fmt: skip
    use = forms.ChoiceField(label=_("What it does"), choices=ModelUse.choices)
    input_price = forms.DecimalField(
        label=_("Dollars for a million tokens sent"), **PRICE,
        help_text=_("Leave both prices empty to take them from the list that Galley brings."),
    )  # fmt: skip
    output_price = forms.DecimalField(label=_("Dollars for a million tokens answered"), **PRICE)

    def __init__(self, *args: Any, model: ConnectedModel | None = None, **kwargs: Any) -> None:
        if model is not None:
            kwargs["initial"] = {name: getattr(model, name) for name in self.base_fields}
            for name in ("input_price", "output_price"):
                kwargs["initial"][name] = _plain(kwargs["initial"][name])
        super().__init__(*args, **kwargs)

    def terms(self) -> ModelTerms:
        return ModelTerms(**self.cleaned_data)


class PermitsForm(GalleyForm):
    namespace = forms.ModelChoiceField(
        Namespace.objects.all(), label=_("Namespace"), empty_label=None
    )
    models = forms.ModelMultipleChoiceField(
        ConnectedModel.objects.none(), label=_("Models that prompts here and below may use"),
        required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: what the namespace above says. The demo model is always there."),
    )  # fmt: skip

    def __init__(self, *args: Any, namespace: Namespace | None = None, **kwargs: Any) -> None:
        if namespace is not None:
            chosen = ModelPermit.objects.filter(namespace=namespace).values_list("model", flat=True)
            kwargs["initial"] = {"namespace": namespace.pk, "models": list(chosen)}
        super().__init__(*args, **kwargs)
        if namespace is not None:
            self.fields["namespace"].widget = forms.HiddenInput()
        field = self.fields["models"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = ConnectedModel.objects.filter(state=Standing.ACTIVE)


class BudgetForm(GalleyForm):
    month_limit = forms.DecimalField(
        label=_("Dollars a month"), min_value=0, max_digits=12, decimal_places=2, required=False,
        help_text=_("Empty: no limit. The month is the calendar's, in UTC."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Why"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, budget: Budget | None = None, **kwargs: Any) -> None:
        if budget is not None:
            kwargs["initial"] = {"month_limit": budget.month_limit}
        super().__init__(*args, **kwargs)


def _plain(price: Decimal | None) -> str | None:
    return None if price is None else f"{price.normalize():f}"
