"""Models of connections, their prices, and which namespaces may use which."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.states import move
from apps.llm import events
from apps.llm.models import ConnectedModel, Connection, ModelPermit
from apps.llm.permissions import can_change_model, can_manage_models, can_use_connection
from apps.llm.questions import DEMO_MODELS
from apps.llm.states import STANDING, ModelUse, Standing
from apps.teams.models import Namespace

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@+/-]{0,199}")
MOST_PRICE = Decimal(100_000)


@dataclass(frozen=True)
class ModelTerms:
    """`remote_name` "": what stands after the first slash of the name."""

    name: str
    remote_name: str = ""
    use: str = ModelUse.CHAT
    input_price: Decimal | None = None
    output_price: Decimal | None = None


@governed
def make_model(connection: Connection, *, terms: ModelTerms, actor: Any) -> ConnectedModel:
    """Connect a model, under the name by which prompts will ask for it."""
    connection = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    require(can_use_connection(actor, connection))
    _check(terms)
    model = ConnectedModel(connection=connection)
    _take(model, terms)
    model.save()
    record(
        events.MODEL_MADE, actor=actor, target=model, after=_said(model), connection=connection.pk
    )
    return model


@governed
def change_model(model: ConnectedModel, *, terms: ModelTerms, actor: Any) -> ConnectedModel:
    model = ConnectedModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    require(can_change_model(actor, model))
    _check(terms, model)
    before = _said(model)
    _take(model, terms)
    model.save()
    record(
        events.MODEL_CHANGED, actor=actor, target=model, before=before, after=_said(model),
        connection=model.connection_id,
    )  # fmt: skip
    return model


@governed
def retire_model(model: ConnectedModel, *, reason: str = "", actor: Any) -> ConnectedModel:
    model = ConnectedModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    require(can_manage_models(actor))
    move(model, "state", Standing.RETIRED, STANDING)
    record(
        events.MODEL_RETIRED, actor=actor, target=model, reason=reason,
        connection=model.connection_id,
    )  # fmt: skip
    return model


@governed
def restore_model(model: ConnectedModel, *, actor: Any) -> ConnectedModel:
    model = ConnectedModel.objects.select_for_update(of=("self",)).get(pk=model.pk)
    require(can_manage_models(actor))
    move(model, "state", Standing.ACTIVE, STANDING)
    record(events.MODEL_RESTORED, actor=actor, target=model, connection=model.connection_id)
    return model


@governed
def set_permits(namespace: Namespace, *, models: Iterable[ConnectedModel], actor: Any) -> Namespace:
    """The models that prompts here and below may use; none: what the namespace above says."""
    namespace = Namespace.objects.select_for_update(no_key=True).get(pk=namespace.pk)
    require(can_manage_models(actor))
    wanted = {model.pk: model for model in models}
    before = list(ModelPermit.objects.filter(namespace=namespace).select_related("model"))
    for permit in before:
        if permit.model_id not in wanted:
            permit.delete()
    had = {permit.model_id for permit in before}
    for pk in wanted.keys() - had:
        ModelPermit.objects.create(namespace=namespace, model=wanted[pk])
    record(
        events.PERMITS_SET, actor=actor, target=namespace, namespace=namespace,
        before={"models": sorted(permit.model.name for permit in before)},
        after={"models": sorted(model.name for model in wanted.values())},
        models=sorted(wanted),
    )  # fmt: skip
    return namespace


def _take(model: ConnectedModel, terms: ModelTerms) -> None:
    for field in fields(terms):
        setattr(model, field.name, getattr(terms, field.name))
    model.remote_name = terms.remote_name or terms.name.partition("/")[2] or terms.name


def _said(model: ConnectedModel) -> dict[str, Any]:
    prices = (model.input_price, model.output_price)
    said = {"name": model.name, "remote_name": model.remote_name, "use": model.use}
    return said | {"prices": [None if price is None else str(price) for price in prices]}


def _check(terms: ModelTerms, own: ConnectedModel | None = None) -> None:
    errors: dict[str, list[str]] = {}
    taken = ConnectedModel.objects.filter(name=terms.name).exclude(pk=own.pk if own else 0)
    if not NAME.fullmatch(terms.name):
        errors["name"] = [_("Write the name like provider/model, without spaces.")]
    elif terms.name in DEMO_MODELS or taken.exists():
        errors["name"] = [_("Another model has this name. Choose another one.")]
    if terms.remote_name and not NAME.fullmatch(terms.remote_name):
        errors["remote_name"] = [_("Write the name as the provider does, without spaces.")]
    if terms.use not in ModelUse.values:
        errors["use"] = [_("Choose what the model is for.")]
    prices = (terms.input_price, terms.output_price)
    if any(p is not None and not (p.is_finite() and 0 <= p <= MOST_PRICE) for p in prices):
        errors["input_price"] = [_("A price is between 0 and 100,000 dollars.")]
    elif (prices[0] is None) != (prices[1] is None):
        errors["output_price"] = [_("Enter both prices, or none to use the price list.")]
    if errors:
        raise Invalid(errors)
