from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from apps.delivery.api import answer, api
from apps.delivery.listening import STREAM_PATH
from apps.delivery.problems import KINDS, Problem, echo

MANAGE = "/api/v1/manage/"
ORDER = (
    *("fetch_prompt", "render_prompt", "list_prompts", "fetch_bundle", "hear_of_releases"),
    *("log_calls", "send_feedback", "export_traces"),
)


@dataclass
class Operation:
    """One address of the API, as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    body: list[dict[str, Any]] = field(default_factory=list)
    answer: list[dict[str, Any]] = field(default_factory=list)


# It has no end and is no JSON, so it stands beside the document of all that has.
STREAM = Operation(
    id="hear_of_releases",
    method="GET",
    path=STREAM_PATH,
    summary="Hear of releases",
    description="Server-sent events for as long as the call is open, of what the key may fetch:"
    " “release” when something else goes live, “prompt” when it was moved, deprecated or archived,"
    " “reset” when something may have been missed. Then fetch what you use; until then the answers"
    " that you have are good. Send the id of the last event as Last-Event-ID to hear what came"
    " since. A line that begins with “:” comes every 15 seconds and says that the call is alive.",
    parameters=[],
    answer=[
        {"name": "prompt", "form": "string", "words": "Its path."},
        {"name": "environment", "form": "string", "words": "That of the key."},
        {"name": "revision", "form": "integer", "words": "What is live there now; it never falls."},
    ],
)


def docs(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document as a page to read: ours, so that nothing is loaded from elsewhere."""
    schema = api.get_openapi_schema()
    context = {
        "address": request.build_absolute_uri("/").rstrip("/"),
        "groups": _groups(sorted([*_operations(schema), STREAM], key=_place)),
        "problems": [{"code": code, "kind": kind} for code, kind in KINDS.items()],
    }
    return render(request, "delivery/docs.html", context)


def _groups(operations: list[Operation]) -> list[dict[str, Any]]:
    """What applications call, and what automations do."""
    titles = {False: _("For applications"), True: _("For automations")}
    return [
        {
            "title": title,
            "operations": [one for one in operations if one.path.startswith(MANAGE) is manages],
        }
        for manages, title in titles.items()
    ]


def _place(operation: Operation) -> int:
    """The common ones first, the others as they are declared."""
    return ORDER.index(operation.id) if operation.id in ORDER else len(ORDER)


@csrf_exempt  # no cookie counts here, and whoever sent it gets a problem document
def unknown_address(request: HttpRequest) -> HttpResponse:
    detail = f"There is nothing at {echo(request.path)}. GET /api/v1/docs lists every address."
    return answer(Problem("unknown_address", detail))


def _operations(schema: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                id=operation["operationId"],
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=_plain(operation.get("description", "")),
                parameters=operation["parameters"],
                body=_fields(schema, operation.get("requestBody")),
                answer=_fields(schema, operation["responses"][_success(operation)]),
            )


def _success(operation: dict[str, Any]) -> int:
    return min(int(status) for status in operation["responses"])


def _plain(text: str) -> str:
    return text.replace("`", "")


def _fields(schema: dict[str, Any], holder: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The fields of a body, in order: name, form, words."""
    if holder is None:
        return []
    shape = _resolved(schema, holder["content"]["application/json"]["schema"])
    return [
        {"name": name, "form": _form(schema, part), "words": part.get("description", "")}
        for name, part in shape.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: dict[str, Any] = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return found


def _form(schema: dict[str, Any], part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(_form(schema, choice) for choice in part["anyOf"])
    if "$ref" in part:
        return ", ".join(_resolved(schema, part).get("properties", {})).join("{}")
    if part.get("type") == "array":
        return f"list of {_form(schema, part['items'])}"
    return str(part.get("type", "anything"))
