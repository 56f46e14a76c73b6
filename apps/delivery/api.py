"""The JSON API in Django: what the fast way leaves, and the OpenAPI document of all of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Container
from typing import Any, cast

import psycopg
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security import HttpBearer

from apps.delivery import answers, query, schemas
from apps.delivery.bundle import at_once
from apps.delivery.intake.receiving import FEEDBACK, LOGS, TRACES, Sent, receive
from apps.delivery.keycheck import ACTING, FETCHING, authenticate
from apps.delivery.manage import content, going_live, testing, trail
from apps.delivery.manage.methods import refuse_others
from apps.delivery.parameters import FETCH_PARAMETERS, LIST_PARAMETERS, body_of
from apps.delivery.problems import MAX_BODY, MEDIA_TYPE, Fault, Problem, echo, too_large
from apps.delivery.process import REFRESHER, STORE, ask
from apps.delivery.records import Body, KeyRecord
from apps.delivery.sent import SENT, save_names
from apps.delivery.store import away
from apps.delivery.wire import pairs

log = logging.getLogger("galley.delivery")
REFUSALS = frozenset({400, 401, 403, 404, 429, 503})
TAKING = REFUSALS - {404} | {411, 413, 415, 422}


class StrictJson(Parser):
    """One JSON object, not too large, without NaN."""

    def parse_body(self, request: HttpRequest) -> Any:
        if len(request.body) > MAX_BODY:
            raise too_large()
        return json.loads(request.body, parse_constant=_no_number)


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


class Key(HttpBearer):
    """`Authorization: Bearer gly_…`; cookies open nothing here."""

    def __init__(self, kinds: Container[str] = FETCHING) -> None:
        super().__init__()
        self.kinds = kinds

    def __call__(self, request: HttpRequest) -> KeyRecord:
        if query.holds_key(request.META.get("QUERY_STRING", "")):
            raise query.key_in_address()
        header = request.headers.get("Authorization", "")
        peer = request.META.get("REMOTE_ADDR") or ""
        return ask(lambda sure: authenticate(STORE, header, peer, sure=sure, kinds=self.kinds))

    def authenticate(self, request: HttpRequest, token: str) -> None:
        """Not asked: the call above reads the header itself."""


class GalleyApi(NinjaAPI):
    def get_root_path(self, path_params: dict[str, Any]) -> str:
        return "/api/v1/"

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Refusals are problem documents, which have a media type of their own."""
        schema = super().get_openapi_schema(**options)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer["content"]:
                        answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
        return schema


api = GalleyApi(
    title="Galley",
    version="1",
    description="Fetch and render released prompts, send back what calls took, propose and release."
    " Every call needs a key. Writes under /manage take an Idempotency-Key: sent twice, done once.",
    urls_namespace="api",
    docs_url=None,
    auth=Key(),
    parser=StrictJson(),
)


def _key(request: HttpRequest) -> KeyRecord:
    return cast(KeyRecord, request.auth)  # type: ignore[attr-defined]


def _query(request: HttpRequest) -> str:
    return str(request.META.get("QUERY_STRING", ""))


@api.get(
    "/prompts",
    response={200: schemas.PromptList, REFUSALS - {404}: schemas.ProblemOut},
    summary="List what the key may fetch",
    operation_id="list_prompts",
    openapi_extra={"parameters": LIST_PARAMETERS},
)
def list_prompts(request: HttpRequest) -> HttpResponse:
    """Everything that is live in the key's environment and in its namespaces, by path."""
    found = query.read(_query(request), query.LIST)
    limit = query.whole("limit", found.get("limit", str(answers.PAGE)), answers.MAX_PAGE)
    page = ask(
        lambda sure: answers.listing(STORE, _key(request), limit=limit, cursor=found.get("cursor"))
    )
    return _json({"prompts": page.prompts, "cursor": page.cursor})


@api.post(
    "/prompts/{path:prompt}/render",
    response={200: schemas.RenderAnswer, REFUSALS | {411, 413, 422}: schemas.ProblemOut},
    summary="Render a prompt",
    operation_id="render_prompt",
    openapi_extra={"parameters": FETCH_PARAMETERS},
)
def render_prompt(request: HttpRequest, prompt: str, body: schemas.RenderBody) -> HttpResponse:
    """Put values into a released prompt. A missing or wrong value is refused by its name; extra
    values are ignored and named in the answer."""
    wanted = query.wanted(_query(request))
    key = _key(request)
    done = ask(lambda sure: answers.rendered(STORE, key, prompt, wanted, body.variables, sure=sure))
    place = STORE.places.get(prompt)
    if place is not None:
        SENT.note(key.environment_id, place.prompt_id, body.variables)
        _save_names_at_once()
    return _json(done)


@api.get(
    "/bundle",
    response={200: schemas.BundleAnswer, 304: None, REFUSALS - {404}: schemas.ProblemOut},
    summary="Fetch everything at once",
    operation_id="fetch_bundle",
)
def fetch_bundle(request: HttpRequest) -> HttpResponse:
    """All that the key may fetch, for a start without the network: each answer is signed, and so
    is the whole. While a release runs by steps, the answers of all its arms are in it."""
    query.read(_query(request), ())
    key = _key(request)
    return _sent(request, ask(lambda sure: at_once(STORE, key)))


def _save_names_at_once() -> None:
    """Where no thread does so later: commands, tests, a server without our ASGI application."""
    if not REFRESHER.running:
        save_names()


@api.post(
    "/logs",
    response={202: schemas.LogsAnswer, TAKING: schemas.ProblemOut},
    summary="Send back what calls took",
    operation_id="log_calls",
    openapi_extra=body_of(schemas.LogsBody),
)
def log_calls(request: HttpRequest) -> HttpResponse:
    """Up to 1,000 calls, each known by its id: sent twice, it counts once. Events that cannot be
    taken are named in the answer; the others are kept."""
    return _receive(request, LOGS)


@api.post(
    "/feedback",
    response={202: schemas.FeedbackAnswer, TAKING: schemas.ProblemOut},
    summary="Send back what people thought of calls",
    operation_id="send_feedback",
    openapi_extra=body_of(schemas.FeedbackBody),
)
def send_feedback(request: HttpRequest) -> HttpResponse:
    """Up to 1,000 opinions, each of a call by its id, or of what a unit got from a prompt. What
    cannot be taken is named in the answer; the others are kept."""
    return _receive(request, FEEDBACK)


@api.post(
    "/otlp/v1/traces",
    response={200: schemas.TracesAnswer, TAKING: schemas.ProblemOut},
    summary="Send back calls as OpenTelemetry spans",
    operation_id="export_traces",
    openapi_extra=body_of(schemas.TracesBody),
)
def export_traces(request: HttpRequest) -> HttpResponse:
    """OpenTelemetry over HTTP, JSON or protobuf: set OTEL_EXPORTER_OTLP_TRACES_ENDPOINT to this
    address and the key as the header Authorization."""
    return _receive(request, TRACES)


def _receive(request: HttpRequest, address: str) -> HttpResponse:
    query.read(_query(request), ())
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        body = request.body
    except RequestDataTooBig:
        raise too_large() from None
    done = receive(STORE, _key(request), Sent(address, body, headers))
    _save_names_at_once()
    return _marked(HttpResponse(done.data, status=done.status, content_type=done.media_type))


@api.get("/prompts/{path:prompt}/render", include_in_schema=False)
def fetch_render(request: HttpRequest, prompt: str) -> HttpResponse:
    """A prompt may itself be called “render”."""
    return fetch_prompt(request, f"{prompt}/render")


@api.get(
    "/prompts/{path:prompt}",
    response={
        200: schemas.PromptAnswer,
        304: None,
        REFUSALS: schemas.ProblemOut,
    },
    summary="Fetch a prompt",
    operation_id="fetch_prompt",
    openapi_extra={"parameters": FETCH_PARAMETERS},
)
def fetch_prompt(request: HttpRequest, prompt: str) -> HttpResponse:
    """What is live in the key's environment, or one version that was released there. Send the
    `ETag` of the last answer as `If-None-Match` to get 304 while nothing changed."""
    wanted = query.wanted(_query(request))
    key = _key(request)
    return _sent(request, ask(lambda sure: answers.fetch(STORE, key, prompt, wanted, sure=sure)))


def _sent(request: HttpRequest, body: Body) -> HttpResponse:
    known = request.headers.get("If-None-Match", "")
    fresh = not (known and answers.matches(body, known))
    response = HttpResponse(body.data if fresh else b"", status=200 if fresh else 304)
    for name, value in pairs(body.head if fresh else body.head_alone):
        response[name.decode().title()] = value.decode()
    return _marked(response)


def _json(document: dict[str, Any], status: int = 200) -> HttpResponse:
    # Only the name of a value that nobody asked for can hold half a character.
    data = json.dumps(document, ensure_ascii=False).encode(errors="replace")
    return _marked(HttpResponse(data, status=status, content_type="application/json"))


def _marked(response: HttpResponse) -> HttpResponse:
    if STORE.stale:
        response["Galley-Stale"] = "true"
    return response


def answer(problem: Problem) -> HttpResponse:
    return HttpResponse(problem.body(), status=problem.status, headers=problem.all_headers())


@api.exception_handler(Problem)
def on_problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return answer(problem)


@api.exception_handler(answers.Moved)
def on_moved(request: HttpRequest, moved: Any) -> HttpResponse:
    end = "/render" if request.method == "POST" else ""
    headers = moved.headers(_query(request), end=end)
    return HttpResponse(moved.body(), status=308, headers=headers)


@api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """The shape of a body: the first fault names the code and is told, all are listed."""
    faults = [_fault(one) for one in error.errors]
    unknown = next((f for f, e in zip(faults, error.errors, strict=True) if _is_extra(e)), None)
    if unknown is not None:
        detail = f"There is no field “{unknown.field}” here. Leave it out."
        return answer(Problem("unknown_field", detail, faults))
    where = "" if faults[0].field == "body" else f"“{faults[0].field}”: "
    detail = f"The body does not have the right form. {where}{faults[0].detail.rstrip('.')}."
    return answer(Problem("bad_body", detail, faults))


def _is_extra(error: dict[str, Any]) -> bool:
    return bool(error["type"] == "extra_forbidden")


def _fault(error: dict[str, Any]) -> Fault:
    path = [str(part) for part in error["loc"] if part not in ("body",)]
    return Fault(echo("/".join(path)) or "body", str(error["msg"]).removeprefix("Value error, "))


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: Any) -> HttpResponse:
    """Only an unreadable body comes here; a body that is too large keeps its own words."""
    if isinstance(error.__cause__, Problem):
        return answer(error.__cause__)
    return answer(Problem("bad_body", "The body cannot be read. Send one JSON object in UTF-8."))


@api.exception_handler(Exception)
def on_anything_else(request: HttpRequest, error: Any) -> HttpResponse:
    if isinstance(error, DatabaseError | psycopg.Error):
        return answer(away())
    log.error("an API call failed", exc_info=error)
    return answer(Problem("server_error", "Something broke here. It was written down; try again."))


def _refuse(request: HttpRequest, allowed: str) -> HttpResponse:
    detail = f"{request.method} does not work here. Use {allowed}."
    return answer(Problem("method_not_allowed", detail, headers={"Allow": allowed}))


_NONE_OF_OURS = ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_HIDDEN: dict[str, Any] = {"auth": None, "include_in_schema": False}


@api.api_operation([*_NONE_OF_OURS, "POST"], "/bundle", **_HIDDEN)
@api.api_operation([*_NONE_OF_OURS, "POST"], "/stream", **_HIDDEN)
@api.api_operation([*_NONE_OF_OURS, "POST"], "/prompts", **_HIDDEN)
def refuse_on_list(request: HttpRequest) -> HttpResponse:
    return _refuse(request, "GET")


@api.api_operation([*_NONE_OF_OURS, "GET"], "/feedback", **_HIDDEN)
@api.api_operation([*_NONE_OF_OURS, "GET"], "/logs", **_HIDDEN)
@api.api_operation([*_NONE_OF_OURS, "GET"], "/otlp/v1/traces", **_HIDDEN)
def refuse_on_logs(request: HttpRequest) -> HttpResponse:
    return _refuse(request, "POST")


@api.api_operation(_NONE_OF_OURS, "/prompts/{path:prompt}/render", **_HIDDEN)
def refuse_on_render(request: HttpRequest, prompt: str) -> HttpResponse:
    return _refuse(request, "POST")


@api.api_operation([*_NONE_OF_OURS, "POST"], "/prompts/{path:prompt}", **_HIDDEN)
def refuse_on_prompt(request: HttpRequest, prompt: str) -> HttpResponse:
    return _refuse(request, "GET")


for part in (content, going_live, testing, trail):
    api.add_router("/manage", refuse_others(part.router), auth=Key(ACTING))
