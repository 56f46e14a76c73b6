"""Calls made from the OpenAPI document itself: whatever is sent, the answer is one it announces."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.delivery.story import bearer

ADDRESS = "/api/v1/openapi.json"
OPERATIONS = [
    ("POST", "/api/v1/logs"),
    ("GET", "/api/v1/prompts"),
    ("GET", "/api/v1/prompts/{prompt}"),
    ("POST", "/api/v1/prompts/{prompt}/render"),
]
# The test sends its own right key; which values fit is for the prompt to say, not for the document.
NOT_HERE = [ignored_auth, positive_data_acceptance]
BOUNDED = settings(
    max_examples=40,
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
    yield schemathesis.openapi.from_wsgi(ADDRESS, get_wsgi_application())
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_document_announces(story, schema, method, path, mode):
    _, key = story.key()
    operation = schema[path][method]
    seen = set()

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case):
        if "prompt" in case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters["prompt"] = "desk/reply"
        response = case.call(headers=bearer(key))
        case.validate_response(response, excluded_checks=NOT_HERE)
        seen.add(response.status_code)

    call()
    assert seen & {200, 400, 404, 422}


def test_the_document_has_these_operations(schema):
    found = [result.ok() for result in schema.get_all_operations()]

    assert sorted((o.method.upper(), o.path) for o in found) == OPERATIONS
