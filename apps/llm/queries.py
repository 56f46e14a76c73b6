from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.llm.models import ConnectedModel, Connection, ModelPermit
from apps.llm.prices import call_cost
from apps.llm.questions import BASE_URLS, DEMO_LINE, DEMO_MODEL, DEMO_MODELS, Line
from apps.llm.secrets import Unreadable, keys
from apps.llm.states import ModelUse, Standing
from apps.llm.unanswered import Unanswered
from apps.teams.models import Namespace

MILLION = 1_000_000


@dataclass(frozen=True)
class ModelChoice:
    """A model that may be chosen. `price` is in words."""

    name: str
    label: str
    price: str
    is_demo: bool = False


def demo_choice() -> ModelChoice:
    return ModelChoice(DEMO_MODEL, _("Demo model (no real model)"), _("free"), is_demo=True)


def active_models(use: str = ModelUse.CHAT) -> QuerySet[ConnectedModel]:
    rows = ConnectedModel.objects.filter(state=Standing.ACTIVE, use=use)
    return rows.filter(connection__state=Standing.ACTIVE).select_related("connection")


def models_for(actor: Any, namespace: Namespace, use: str = ModelUse.CHAT) -> list[ModelChoice]:
    """The models that prompts of a namespace may use; the demo model is always the last."""
    require_seen(actor, namespace)
    allowed = permitted_names(namespace)
    found = [
        ModelChoice(model.name, model.name, price_words(model))
        for model in active_models(use)
        if allowed is None or model.name in allowed
    ]
    return [*found, demo_choice()]


def require_seen(actor: Any, namespace: Namespace) -> None:
    if not actor.holds("view", namespace):
        require(not_visible())


def permitted_names(namespace: Namespace) -> frozenset[str] | None:
    """The models of the nearest namespace that has permits; None when every model is allowed."""
    rows = ModelPermit.objects.filter(namespace__in=namespace.lineage)
    found: dict[int, set[str]] = {}
    for place, name in rows.values_list("namespace_id", "model__name"):
        found.setdefault(place, set()).add(name)
    for place in reversed(namespace.lineage):
        if place in found:
            return frozenset(found[place])
    return None


def line_for(model_name: str) -> tuple[Line, str]:
    """The line over which a model is asked, and the provider's name for it.

    Raises Unanswered ("not_connected", "bad_secret").
    """
    if model_name in DEMO_MODELS:
        return DEMO_LINE, model_name
    rows = ConnectedModel.objects.filter(name=model_name, state=Standing.ACTIVE)
    model = rows.filter(connection__state=Standing.ACTIVE).select_related("connection").first()
    if model is None:
        raise Unanswered("not_connected", model_name)
    return line_of(model.connection), model.remote_name


def line_of(connection: Connection) -> Line:
    try:
        secret = keys().decrypt(connection.secret)
    except Unreadable:
        raise Unanswered("bad_secret") from None
    return Line(
        connection.kind,
        connection.base_url,
        secret,
        connection.allow_private,
        float(connection.timeout_s),
        connection.max_parallel,
    )


def price_of(model_name: str, sent: int, answered: int) -> Decimal | None:
    """US dollars for a call with so many tokens each way; None when the price is not known."""
    if model_name in DEMO_MODELS:
        return Decimal(0)
    model = ConnectedModel.objects.filter(name=model_name).select_related("connection").first()
    if model is None:
        return call_cost(model_name, sent=sent, answered=answered)
    return cost_of(model, sent, answered)


def has_own_price(model_name: str) -> bool:
    """Whether its price was set here, or is the demo model's nothing: not that of the list."""
    own = ConnectedModel.objects.filter(name=model_name, input_price__isnull=False)
    return model_name in DEMO_MODELS or own.exists()


def cost_of(model: ConnectedModel, sent: int, answered: int) -> Decimal | None:
    """By the prices that an admin set, else by the list, under either of the model's names."""
    if model.input_price is not None and model.output_price is not None:
        return (model.input_price * sent + model.output_price * answered) / MILLION
    own = call_cost(model.name, sent=sent, answered=answered)
    if own is not None:
        return own
    theirs = f"{model.connection.kind}/{model.remote_name}"
    return call_cost(theirs, sent=sent, answered=answered)


def price_words(model: ConnectedModel) -> str:
    """ "$0.25 in, $2.00 out" for a million tokens, or that it is not known."""
    sent, answered = cost_of(model, MILLION, 0), cost_of(model, 0, MILLION)
    if sent is None or answered is None:
        return _("price not known")
    return _("%(sent)s in, %(answered)s out") % {
        "sent": _dollars(sent), "answered": _dollars(answered),
    }  # fmt: skip


def _dollars(price: Decimal) -> str:
    """At least to the cent: "$2.00", "$0.075"."""
    whole, _point, cents = f"{price.normalize():f}".partition(".")
    return f"${int(whole):,}.{cents:0<2}"


@dataclass(frozen=True)
class ConnectionRow:
    """A connection for the page: `models` are pairs of a model and its price in words."""

    connection: Connection
    models: list[tuple[ConnectedModel, str]]

    @property
    def address(self) -> str:
        return self.connection.base_url or BASE_URLS[self.connection.kind]

    @property
    def active(self) -> bool:
        return self.connection.state == Standing.ACTIVE


def connection_rows() -> list[ConnectionRow]:
    """All connections, the active ones first, each with its models. Two queries."""
    rows = Connection.objects.order_by("state", "name").prefetch_related("models")
    return [
        ConnectionRow(each, [(model, price_words(model)) for model in each.models.all()])
        for each in rows
    ]


def connection_for(pk: int) -> Connection:
    found = Connection.objects.filter(pk=pk).first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def model_for(pk: int) -> ConnectedModel:
    found = ConnectedModel.objects.filter(pk=pk).select_related("connection").first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def permits() -> dict[Namespace, list[str]]:
    """The namespaces that have permits of their own, and the models that they allow."""
    rows = ModelPermit.objects.select_related("namespace", "model")
    found: dict[Namespace, list[str]] = {}
    for permit in rows.order_by("namespace__path", "model__name"):
        found.setdefault(permit.namespace, []).append(permit.model.name)
    return found


def model_to_try(connection: Connection) -> ConnectedModel | None:
    """A model by which a connection can be tried: one that answers, the first by its name."""
    return connection.models.filter(state=Standing.ACTIVE, use=ModelUse.CHAT).first()
