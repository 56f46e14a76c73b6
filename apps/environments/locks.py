"""What decides over one prompt waits for its turn: reviews, releases and rules never interleave.

Order everywhere: the prompt, then its rules, then everybody's rights, then its review, then the
trail.
"""

from __future__ import annotations

from django.db import connection

from apps.environments.models import Environment
from apps.prompts.models import Prompt


def lock_prompt(prompt: Prompt) -> Prompt:
    """The prompt, read anew under its row's lock until the transaction ends."""
    rows = Prompt.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("namespace").get(pk=prompt.pk)


def hold_rules(prompt: Prompt, environment: Environment) -> None:
    """Keep the rules that may hold here, and everybody's rights, as they are until the transaction
    ends. Shared: releases do not wait for each other. Whatever takes a right locks the root."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM environments_rule"
            " WHERE environment_id = %s AND namespace_id = ANY(%s) FOR SHARE",
            [environment.pk, prompt.namespace.lineage],
        )
        cursor.execute("SELECT id FROM teams_namespace WHERE path = '' FOR SHARE")
