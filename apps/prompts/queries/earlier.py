"""What a draft's settings and variables were at one of its revisions."""

from __future__ import annotations

from typing import Any

from apps.prompts.models import Draft, DraftVariable
from apps.prompts.queries.documents import new_settings, variable_part, version_document


def settings_at(draft: Draft, revision: int) -> dict[str, Any] | None:
    """None for a revision that nobody knows (any more)."""
    past = draft.history.filter(revision=revision).order_by("-history_id").first()
    return None if past is None else {**new_settings(), **past.settings}


def last_schema(draft: Draft) -> dict[str, Any] | None:
    """The newest JSON schema that the answer of the draft ever had."""
    return next((schema for schema, _person in reversed(_schemas(draft))), None)


def writers_of_last_schema(draft: Draft) -> set[int]:
    """Everyone who gave the answer of the draft another JSON schema on the way to the last one,
    whose words come back with it; nobody where the draft's base holds that one already."""
    steps = _schemas(draft)
    base = version_document(draft.base)["output"]["json_schema"] if draft.base else None
    if not steps or steps[-1][0] == base:
        return set()
    befores = [None, *(schema for schema, _person in steps)]
    changes = zip(befores, steps, strict=False)
    return {person for before, (schema, person) in changes if schema != before and person}


def _schemas(draft: Draft) -> list[tuple[dict[str, Any], int | None]]:
    """Each step of the draft whose answer had a schema, oldest first: the schema, who made it."""
    past: Any = draft.history.filter(settings__output__json_schema__isnull=False)
    rows = past.exclude(settings__output__json_schema=None).order_by("history_id")
    return list(rows.values_list("settings__output__json_schema", "history_user_id"))


def variable_at(variable: DraftVariable, revision: int) -> dict[str, Any] | None:
    """The variable when its draft had that revision; None if it was not there, or nobody knows."""
    draft = variable.draft.history.filter(revision=revision).order_by("-history_id").first()
    if draft is None:
        return None
    past = variable.history.filter(history_date__lte=draft.history_date)
    found = past.exclude(history_type="-").order_by("-history_id").first()
    return None if found is None else variable_part(found)


def writers_of_model(draft: Draft, revision: int) -> set[int]:
    """Everyone who changed the models of the draft up to that revision: whose words come back with
    a model. Where the draft still has the base that it had then, only those since that base."""
    past: Any = draft.history.filter(revision__lte=revision)
    rows = past.order_by("history_id").values_list("settings__models", "history_user_id", "base_id")
    found: set[int] = set()
    steps = list(rows.iterator())
    before = None
    if steps and draft.base is not None and steps[-1][2] == draft.base_id:
        steps = [step for step in steps if step[2] == draft.base_id]
        before = version_document(draft.base)["models"]
    for models, person, _base in steps:
        if (models or []) != (before or []) and person:
            found.add(person)
        before = models
    return found


def writers_for_models(draft: Draft, key: str) -> set[int]:
    """Everyone who ever changed what a model is told instead of the block with that key; nobody
    where no model is told anything else."""
    past: Any = draft.history.order_by("history_id")
    found: set[int] = set()
    before: dict[str, Any] = {}
    for models, person in past.values_list("settings__models", "history_user_id").iterator():
        now = {one["model"]: one["overrides"].get(key) for one in models or []}
        now = {name: own for name, own in now.items() if own is not None}
        if now != before and person:
            found.add(person)
        before = now
    return found if before else set()
