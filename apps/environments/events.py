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
CHANGE_PROPOSED = declare(
    "environments.change.proposed",
    "{actor} proposed a looser rule of {target}; it waits for a second person",
    "change",
    denied="{actor} tried to propose a looser rule of {target}",
)
CHANGE_APPROVED = declare(
    "environments.change.approved",
    "{actor} approved a looser rule of {target}",
    "change",
    denied="{actor} tried to approve a looser rule of {target}",
)
CHANGE_REFUSED = declare(
    "environments.change.refused",
    "{actor} refused a looser rule of {target}",
    "change",
    denied="{actor} tried to refuse a looser rule of {target}",
)
CHANGE_WITHDRAWN = declare(
    "environments.change.withdrawn", "{actor} withdrew a looser rule of {target}", "change"
)
