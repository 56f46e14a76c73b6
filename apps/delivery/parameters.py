"""The query parameters as the OpenAPI document shows them; `query` reads them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from apps.delivery.answers import MAX_PAGE, PAGE
from apps.delivery.query import LONGEST_VALUE, MAX_ATTRIBUTES, MAX_VERSION


def _parameter(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "in": "query",
        "name": name,
        "description": description,
        "required": False,
        "schema": schema,
    }


FETCH_PARAMETERS = [
    _parameter(
        "version",
        "A version that was released in the key's environment (a development key: any version).",
        {"type": "integer", "minimum": 1, "maximum": MAX_VERSION},
    ),
    _parameter(
        "label",
        "A label of the key's environment, such as “stable”: the version that it is on.",
        {"type": "string"},
    ),
    _parameter("model", "Which model variant; otherwise the first.", {"type": "string"}),
    _parameter("unit", "Who the call is for: a user or conversation id.", {"type": "string"}),
    {
        **_parameter(
            "attr",
            "What is said of the unit, such as attr[plan]=pro: an experiment may be for some"
            " alone. Used for this answer and kept nowhere.",
            {
                "type": "object",
                "additionalProperties": {"type": "string", "maxLength": LONGEST_VALUE},
                "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,39}$"},
                "maxProperties": MAX_ATTRIBUTES,
            },
        ),
        "style": "deepObject",
        "explode": True,
    },
    _parameter(
        "environment",
        "A safety check: refused with 404 if the key reads another environment.",
        {"type": "string"},
    ),
]
LIST_PARAMETERS = [
    _parameter(
        "limit",
        "How many at most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE},
    ),
    _parameter("cursor", "Where to go on: from the answer before.", {"type": "string"}),
]


def body_of(shape: type[BaseModel]) -> dict[str, Any]:
    """For an address that reads its body itself."""
    content = {"application/json": {"schema": shape.model_json_schema()}}
    return {"requestBody": {"required": True, "content": content}}
