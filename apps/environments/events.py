from __future__ import annotations

from apps.audit.registry import declare

RULE_CHANGED = declare(
    "environments.rule.changed",
    "{actor} changed the rule of {target}",
    denied="{actor} tried to change the rule of {target}",
)
RULE_MADE = declare(
    "environments.rule.made",
    "{actor} gave {target} a rule of its own",
    denied="{actor} tried to give a namespace a rule of its own for {environment}",
)
RULE_REMOVED = declare(
    "environments.rule.removed",
    "{actor} took away the rule of {target}; the one above it holds again",
    denied="{actor} tried to take away the rule of {target}",
)
