"""How a draft is sent: headings, model, the shape of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_line, require_settings
from apps.prompts.models import Draft
from apps.prompts.output_fields import FIELD_LABELS, MAX_FIELDS, OutputField, schema_of
from apps.prompts.queries.documents import new_settings

MAX_MODEL = 200


@working
def change_settings(
    draft: Draft, *, headings: str, model: str, temperature: float | None, actor: Any
) -> Draft:
    """The first model of the prompt (an empty text: none) and its temperature, if it has one."""
    name = clean_line("model", model, MAX_MODEL)
    if temperature is not None and not 0 <= temperature <= 2:
        raise Invalid({"temperature": [_("Give a temperature from 0 to 2, or none.")]})
    desk = Desk.at(draft, actor)
    settings = {**new_settings(), **desk.draft.settings}
    settings["rendering"] = {**settings["rendering"], "headings": headings}
    settings["models"] = _models(settings["models"], name, temperature)
    require_settings(settings)
    return _keep(desk, settings)


def _models(
    known: list[dict[str, Any]], name: str, temperature: float | None
) -> list[dict[str, Any]]:
    if not name:
        return known[1:]
    first = known[0] if known else {"parameters": {}, "overrides": {}}
    others = {key: value for key, value in first["parameters"].items() if key != "temperature"}
    asked = {} if temperature is None else {"temperature": temperature}
    return [{**first, "model": name, "parameters": {**others, **asked}}, *known[1:]]


@working
def change_output(
    draft: Draft, *, format: str, fields: Sequence[OutputField] = (), actor: Any
) -> Draft:
    """The answer's format; `fields` make the schema of a JSON answer. No schema is ever typed."""
    cleaned = _clean_fields(fields) if format == "json" else []
    desk = Desk.at(draft, actor)
    output = {"format": format, "json_schema": schema_of(cleaned)}
    settings = {**new_settings(), **desk.draft.settings, "output": output}
    require_settings(settings)
    return _keep(desk, settings)


def _clean_fields(fields: Sequence[OutputField]) -> list[OutputField]:
    cleaned = [
        OutputField(
            clean_line("fields", field.name, 64),
            field.type,
            clean_line("fields", field.description, 200),
        )
        for field in fields
    ]
    named = [field for field in cleaned if field.name]
    if any(field.description and not field.name for field in cleaned):
        raise Invalid({"fields": [_("Give each field a name.")]})
    if len({field.name for field in named}) < len(named):
        raise Invalid({"fields": [_("Two fields have the same name.")]})
    if len(named) > MAX_FIELDS or any(field.type not in FIELD_LABELS for field in named):
        raise Invalid({"fields": [_("Choose a type from the list, for at most 100 fields.")]})
    return named


def _keep(desk: Desk, settings: dict[str, Any]) -> Draft:
    if settings != desk.draft.settings:
        desk.draft.settings = settings
        desk.finish(structure=True)
    return desk.draft
