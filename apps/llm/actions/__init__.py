from apps.llm.actions.budgets import release_reservation, reserve, set_budget, settle
from apps.llm.actions.connected_models import (
    ModelTerms,
    change_model,
    make_model,
    restore_model,
    retire_model,
    set_permits,
)
from apps.llm.actions.connections import (
    Terms,
    change_connection,
    make_connection,
    restore_connection,
    retire_connection,
    rotate_secrets,
)
from apps.llm.overspent import OverBudget

__all__ = [
    "ModelTerms",
    "OverBudget",
    "Terms",
    "change_connection",
    "change_model",
    "make_connection",
    "make_model",
    "release_reservation",
    "reserve",
    "restore_connection",
    "restore_model",
    "retire_connection",
    "retire_model",
    "rotate_secrets",
    "set_budget",
    "set_permits",
    "settle",
]
