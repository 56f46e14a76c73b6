"""Calls made from the OpenAPI document itself: whatever is sent, the answer is one it announces."""

from __future__ import annotations

import os
from functools import cache

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
)

from tests.delivery.api_calls import API, CALLS, asked, robot, run, suite
from tests.delivery.story import bearer
from tests.fuzzed import told

ADDRESS = "/api/v1/openapi.json"
KINDS = ("read", "write", "release")
EXAMPLES = int(os.environ.get("GALLEY_FUZZ_EXAMPLES", "8"))  # of each call and mode
# The test sends its own right key; which values fit is for the prompt to say, not for the document.
REFUSED = {400, 401, 403, 404, 405, 411, 413, 422, 429}  # what another kind of key may hear
NOT_HERE = [ignored_auth, positive_data_acceptance]
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def schema(db):
    """The application as a server calls it, inside the transaction of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield document()
    for signal in signals:
        signal.connect(close_old_connections)


@cache
def document():
    return schemathesis.openapi.from_wsgi(ADDRESS, get_wsgi_application())


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.key)
def test_every_answer_is_one_that_the_document_announces(story, schema, call, mode):
    """With each kind of key; good data about a prompt and a review that are there, too."""
    operation = schema[f"{API}{call.template}"][call.method]
    keys = {kind: robot(story, kind)[1] for kind in KINDS}
    there = {"review": asked(story).pk, "suite": suite(story).pk, "run": run(story).pk}
    seen, sent = set(), []

    @BOUNDED
    @given(
        case=operation.as_strategy(generation_mode=mode),
        kind=st.sampled_from([call.who[0], *KINDS, call.who[0]]),
        is_there=st.booleans(),
    )
    def send(case, kind, is_there):
        if is_there and mode is GenerationMode.POSITIVE:
            about_what_is_there(case, there)
        sent.append(kind)
        response = case.call(headers=bearer(keys[kind]))
        unsent = [] in (case.query or {}).values()  # no address says that a list is empty
        excluded = [*NOT_HERE, negative_data_rejection] if unsent else NOT_HERE
        case.validate_response(response, excluded_checks=excluded)
        seen.add((kind, response.status_code))

    send()
    told(len(sent))
    assert {status for kind, status in seen if kind in call.who} - {403}
    assert {status for kind, status in seen if kind not in call.who} <= REFUSED


def about_what_is_there(case, there):
    if "prompt" in case.path_parameters:
        case.path_parameters["prompt"] = "desk/reply"
    for name in there.keys() & case.path_parameters.keys():
        case.path_parameters[name] = there[name]
    if isinstance(case.body, dict) and "prompt" in case.body:
        case.body["prompt"] = "desk/reply"
    if isinstance(case.body, dict) and "suite" in case.body:
        case.body["suite"] = there["suite"]


def test_the_document_has_these_operations(schema):
    found = [result.ok() for result in schema.get_all_operations()]

    assert {f"{o.method.upper()} {o.path.removeprefix(API)}" for o in found} == {
        call.key for call in CALLS
    }
