"""What the prompts' app asks of this one: where a prompt is live, and whether it may move."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from apps.core.text import listing
from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.models import Deployment, Rule
from apps.environments.queries import (
    environments,
    freezes_for,
    locks_for,
    locks_of,
    rules_for,
    terms_of,
)
from apps.environments.rules import Lock, Terms, loosened
from apps.environments.uses import callers
from apps.prompts.models import Prompt
from apps.teams.models import Namespace


def live_in(prompt: Prompt) -> list[str]:
    """Where applications fetch it: development, outside the order, is for trying out."""
    rows = Deployment.objects.filter(prompt=prompt, environment__position__isnull=False)
    rows = rows.select_related("environment").order_by("environment__position")
    return [str(row.environment) for row in rows]


def fetched_by(prompt: Prompt) -> list[str]:
    """The keys that fetched it lately, by name."""
    return [use.key.name for use in callers(prompt)]


def keeps_its_rules(prompt: Prompt, namespace: Namespace) -> Verdict:
    """A move is no way around a protected environment's rule: what would ask less is refused."""
    before, after = rules_for(prompt.namespace), rules_for(namespace)
    for place in environments():
        if not place.protected:
            continue
        losses = loosened(
            _with_above(before[place.pk], prompt.namespace), _with_above(after[place.pk], namespace)
        )
        if losses:
            sentence = _(
                "%(there)s asks less of a release to %(place)s than %(here)s does. %(losses)s "
                "Make the rule of %(there)s as strict first."
            )
            words = {"there": namespace, "place": place, "here": prompt.namespace}
            words["losses"] = " ".join(losses)  # type: ignore[assignment]
            return not_possible("rule_loosened", sentence % words)
    return ALLOW


def _with_above(rule: Rule, namespace: Namespace) -> Terms:
    """What holds there in all: freezes and locks of the namespaces above add up."""
    place = rule.environment
    return replace(
        terms_of(rule),
        freezes=frozenset(freezes_for(place, namespace)),
        locks=frozenset(locks_for(place, namespace)),
    )


def locked_types(prompt: Prompt) -> dict[str, str]:
    """Type of block → who signs a change of it, and before going live where."""
    rows = Rule.objects.filter(namespace_id__in=prompt.namespace.lineage).exclude(locks=[])
    places: dict[Lock, list[str]] = {}
    for rule in rows.select_related("environment").order_by("environment__position"):
        for lock in sorted(locks_of([rule])):
            places.setdefault(lock, []).append(str(rule.environment))
    text = _("Locked: a change needs a signature from %(team)s before it goes live in %(places)s.")
    joined = {lock: listing(list(dict.fromkeys(names)), _("or")) for lock, names in places.items()}
    return {
        lock.type: text % {"team": lock.name, "places": where} for lock, where in joined.items()
    }
