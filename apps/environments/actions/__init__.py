from apps.environments.actions.changes import (
    approve_change,
    propose_change,
    refuse_change,
    withdraw_change,
)
from apps.environments.actions.keys import create_key, revoke_key, rotate_key
from apps.environments.actions.rules import change_rule, override_rule, remove_rule

__all__ = [
    "approve_change",
    "change_rule",
    "create_key",
    "override_rule",
    "propose_change",
    "refuse_change",
    "remove_rule",
    "revoke_key",
    "rotate_key",
    "withdraw_change",
]
