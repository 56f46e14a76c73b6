from apps.environments.actions.keys import create_key, revoke_key, rotate_key
from apps.environments.actions.rules import change_rule, override_rule, remove_rule

__all__ = ["change_rule", "create_key", "override_rule", "remove_rule", "revoke_key", "rotate_key"]
