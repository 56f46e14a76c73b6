"""How a draft is sent: headings, model, the shape of the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid
from apps.prompts.actions.desk import Desk
from apps.prompts.entrance import clean_line, clean_text, require_settings
from apps.prompts.models import Draft
from apps.prompts.output_fields import (
    FIELD_LABELS,
    KEPT,
    MAX_FIELDS,
    OutputField,
    schema_of,
)
from apps.prompts.output_schema import SchemaError, read_schema
from apps.prompts.queries.documents import new_settings
from apps.prompts.queries.earlier import last_schema, settings_at, writers_of_last_schema
from apps.prompts.stale import reconcile

MAX_MODEL = 200
MAX_ANSWER = 1_000_000  # tokens; over what any model can answer


@working
def change_settings(
    draft: Draft,
    *,
    headings: str,
    model: str,
    temperature: float | None,
    max_tokens: int | None = None,
    revision: int | None = None,
    actor: Any,
) -> Draft:
    """The first model of the prompt (an empty text: none), its temperature and the most tokens
    that an answer may have, where these are given.

    `revision` is the draft's when the form was opened: what somebody else changed since then
    stays, and where both changed one field it is Invalid, with what stands there now.
    """
    name = clean_line("model", model, MAX_MODEL)
    asked = _clean_parameters(temperature, max_tokens)
    desk = Desk.at(draft, actor)
    settings = {**new_settings(), **desk.draft.settings}
    typed = {"headings": headings, "model": name, **asked}
    values = _reconciled(desk, revision, _shown, typed)
    settings["rendering"] = {**settings["rendering"], "headings": values["headings"]}
    asked = {parameter: values[parameter] for parameter in asked}
    settings["models"] = _models(settings["models"], values["model"], asked)
    require_settings(settings)
    return _keep(desk, settings)


def _clean_parameters(temperature: float | None, max_tokens: int | None) -> dict[str, Any]:
    """By the name that providers give them; None: the model's own."""
    if temperature is not None and not 0 <= temperature <= 2:
        raise Invalid({"temperature": [_("Give a temperature from 0 to 2, or none.")]})
    if max_tokens is not None and not 1 <= max_tokens <= MAX_ANSWER:
        sentence = _("Give a whole number from 1 to %(most)s, or none.")
        raise Invalid({"max_tokens": [sentence % {"most": f"{MAX_ANSWER:,}"}]})
    return {"temperature": temperature, "max_tokens": max_tokens}


def _shown(settings: dict[str, Any]) -> dict[str, Any]:
    """What the form of the settings shows."""
    blank: dict[str, Any] = {"model": "", "parameters": {}}
    first = settings["models"][0] if settings["models"] else blank
    return {
        "headings": settings["rendering"]["headings"],
        "model": first["model"],
        "temperature": first["parameters"].get("temperature"),
        "max_tokens": first["parameters"].get("max_tokens"),
    }


def _reconciled(
    desk: Desk,
    revision: int | None,
    shown: Callable[[dict[str, Any]], dict[str, Any]],
    typed: dict[str, Any],
) -> dict[str, Any]:
    """Without what the form did not change, if the draft moved on since it was opened."""
    if revision is None or revision == desk.draft.revision:
        return typed
    then = settings_at(desk.draft, revision)
    if then is None:
        return typed
    now = {**new_settings(), **desk.draft.settings}
    found = reconcile(shown(then), shown(now), typed)
    if found.clashes:
        raise Invalid({name: [_stale(value)] for name, value in found.clashes.items()})
    return found.values


def _stale(value: Any) -> str:
    """What stands there now, for somebody who typed something else meanwhile."""
    if isinstance(value, str | int | float) and value != "":
        sentence = _("Somebody changed this meanwhile to “%(now)s”. Save again to keep yours.")
        return sentence % {"now": value}
    return _("Somebody changed this meanwhile. What you typed is here. Save again to keep it.")


def _models(known: list[dict[str, Any]], name: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    if not name and (len(known) > 1 or (known and known[0]["overrides"])):
        sentence = _("Name the model. To be without it, remove it under Models.")
        raise Invalid({"model": [sentence]})
    if not name:
        return []
    first = known[0] if known else {"parameters": {}, "overrides": {}}
    others = {key: value for key, value in first["parameters"].items() if key not in asked}
    given = {key: value for key, value in asked.items() if value is not None}
    return [{**first, "model": name, "parameters": {**others, **given}}, *known[1:]]


@working
def change_output(
    draft: Draft,
    *,
    format: str,
    fields: Sequence[OutputField] = (),
    revision: int | None = None,
    actor: Any,
) -> Draft:
    """The answer's format; `fields` make the schema of a JSON answer.
    `revision` as for the settings."""
    cleaned = _clean_fields(fields) if format == "json" else []
    desk = Desk.at(draft, actor)
    typed = {"output": {"format": format, "json_schema": _schema(desk, format, cleaned)}}
    output = _reconciled(desk, revision, _answer, typed)["output"]
    settings = {**new_settings(), **desk.draft.settings, "output": output}
    require_settings(settings)
    return _keep(desk, settings)


@working
def change_schema(
    draft: Draft, *, schema: str, revision: int | None = None, actor: Any
) -> Draft:  # fmt: skip
    """The JSON schema of the answer as somebody typed it; an empty text: JSON without a schema.
    `revision` as for the settings."""
    try:
        wanted = read_schema(clean_text("schema", schema))
    except SchemaError as error:
        raise Invalid({"schema": [str(error)]}) from None
    desk = Desk.at(draft, actor)
    typed = {"schema": {"format": "json", "json_schema": wanted}}
    output = _reconciled(desk, revision, lambda now: {"schema": now["output"]}, typed)["schema"]
    settings = {**new_settings(), **desk.draft.settings, "output": output}
    require_settings(settings)
    return _keep(desk, settings)


def _schema(desk: Desk, format: str, fields: Sequence[OutputField]) -> dict[str, Any] | None:
    """With what the schema of the draft says beyond the fields of the form. A draft that goes back
    to JSON has the schema again that it had before it was something else."""
    output = {**new_settings(), **desk.draft.settings}["output"]
    former = output["json_schema"]
    if format == "json" and output["format"] != "json" and former is None:
        former = last_schema(desk.draft)
        desk.credit(writers_of_last_schema(desk.draft))
        if former is not None and not fields:
            return former
    known = (former or {}).get("properties", {})
    if any(field.type == KEPT and field.name not in known for field in fields):
        raise Invalid({"fields": [_("Only a field that is there can stay as it is.")]})
    return schema_of(fields, former) if format == "json" else None


def _answer(settings: dict[str, Any]) -> dict[str, Any]:
    return {"output": settings["output"]}


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
