from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.actors import SYSTEM, Actor
from apps.core.origin import origin
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.llm.models import ConnectedModel, Connection
from apps.llm.queries import permitted_names
from apps.llm.questions import DEMO_MODEL, DEMO_MODELS
from apps.llm.states import Standing
from apps.teams.models import Namespace
from apps.teams.permissions import can_manage_people


def can_manage_models(actor: Actor | None) -> Verdict:
    """Connections, models, permits and budgets are matters of the installation."""
    return can_manage_people(actor)


def can_use_connection(actor: Actor | None, connection: Connection) -> Verdict:
    """To change it, or to connect a model of it."""
    verdict = can_manage_models(actor)
    if verdict and connection.state != Standing.ACTIVE:
        words = _("%(name)s is retired. Take it into use again first.") % {"name": connection}
        return not_possible("connection_retired", words)
    return verdict


def can_change_model(actor: Actor | None, model: ConnectedModel) -> Verdict:
    verdict = can_manage_models(actor)
    if verdict and model.state != Standing.ACTIVE:
        words = _("%(name)s is retired. Take it into use again first.") % {"name": model}
        return not_possible("model_retired", words)
    return verdict


def can_rotate_secrets(actor: Actor) -> Verdict:
    """Whoever may open a shell on the machine may read the key file anyway."""
    if actor is SYSTEM and origin().source == "command":
        return ALLOW
    return can_manage_models(actor)


def can_ask_model(name: str, namespace: Namespace) -> Verdict:
    """Whether prompts of a namespace may use a model: it is connected, and allowed there."""
    if name in DEMO_MODELS:
        return ALLOW
    model = ConnectedModel.objects.filter(name=name).select_related("connection").first()
    active = model is not None and Standing.ACTIVE == model.state == model.connection.state
    if model is None or not active:
        words = _("%(model)s is not connected. An admin can connect it, or choose another model.")
        return not_possible("model_not_connected", words % {"model": name})
    allowed = permitted_names(namespace)
    if allowed is not None and name not in allowed:
        words = _("%(model)s is not allowed in %(place)s. Choose one of: %(others)s.")
        others = ", ".join(sorted({*allowed, DEMO_MODEL}))
        return not_possible(
            "model_not_allowed", words % {"model": name, "place": namespace, "others": others}
        )
    return ALLOW
