from __future__ import annotations

from apps.audit.registry import declare

CONNECTION_MADE = declare(
    "llm.connection.made", "{actor} connected the model provider {target}", "secret"
)
CONNECTION_CHANGED = declare(
    "llm.connection.changed", "{actor} changed the model connection {target}", "secret"
)
CONNECTION_RETIRED = declare(
    "llm.connection.retired", "{actor} retired the model connection {target}"
)
CONNECTION_RESTORED = declare(
    "llm.connection.restored", "{actor} took the model connection {target} into use again"
)
MODEL_MADE = declare("llm.model.made", "{actor} connected the model {target}", "connection")
MODEL_CHANGED = declare("llm.model.changed", "{actor} changed the model {target}", "connection")
MODEL_RETIRED = declare("llm.model.retired", "{actor} retired the model {target}", "connection")
MODEL_RESTORED = declare(
    "llm.model.restored", "{actor} took the model {target} into use again", "connection"
)
PERMITS_SET = declare("llm.permits.set", "{actor} chose the models that {target} may use", "models")
BUDGET_SET = declare("llm.budget.set", "{actor} set the model budget of the team {target}")
BUDGET_REMOVED = declare(
    "llm.budget.removed", "{actor} took away the model budget of the team {target}"
)
SECRETS_ROTATED = declare(
    "llm.secrets.rotated", "{actor} encrypted the keys of model connections anew", "connections"
)
