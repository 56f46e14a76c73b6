"""What the prompts' app asks of this one: where a prompt is live, and whether it may move."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.core.verdicts import ALLOW, Verdict, not_possible
from apps.environments.models import Deployment
from apps.environments.queries import environments, rules_for, terms_of
from apps.environments.rules import loosened
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
        losses = loosened(terms_of(before[place.pk]), terms_of(after[place.pk]))
        if losses:
            sentence = _(
                "%(there)s asks less of a release to %(place)s than %(here)s does. %(losses)s "
                "Make the rule of %(there)s as strict first."
            )
            words = {"there": namespace, "place": place, "here": prompt.namespace}
            words["losses"] = " ".join(losses)  # type: ignore[assignment]
            return not_possible("rule_loosened", sentence % words)
    return ALLOW
