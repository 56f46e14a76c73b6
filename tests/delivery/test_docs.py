"""The OpenAPI document and the page made of it."""

from __future__ import annotations

import json
import re

from ninja.openapi.schema import OpenAPISchema

from apps.delivery.api import api
from apps.delivery.listening import STREAM_PATH
from apps.delivery.problems import KINDS

ADDRESSES = {
    "/api/v1/bundle": ["get"],
    "/api/v1/feedback": ["post"],
    "/api/v1/logs": ["post"],
    "/api/v1/otlp/v1/traces": ["post"],
    "/api/v1/prompts": ["get"],
    "/api/v1/prompts/{prompt}": ["get"],
    "/api/v1/prompts/{prompt}/render": ["post"],
}
MANAGE = "/api/v1/manage/"


def test_openapi_document_names_every_address_and_refusal(client, db):
    response = client.get("/api/v1/openapi.json")

    schema = json.loads(response.content)
    assert schema["openapi"] == "3.1.0"
    found = {path: list(methods) for path, methods in schema["paths"].items()}
    assert {path: found[path] for path in found if not path.startswith(MANAGE)} == ADDRESSES
    assert len(found) > len(ADDRESSES) + 10  # and those of automations
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert operation["security"] == [{"Key": []}]
            refusals = {s: a for s, a in operation["responses"].items() if int(s) >= 400}
            assert {"400", "401", "403", "429", "503"} <= set(refusals)
            assert {tuple(a["content"]) for a in refusals.values()} == {
                ("application/problem+json",)
            }


def test_openapi_document_refers_only_to_what_it_holds():
    schema = api.get_openapi_schema()

    assert isinstance(schema, OpenAPISchema)
    referred = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(schema)))
    assert referred <= set(schema["components"]["schemas"])


def test_docs_page_is_whole_and_loads_nothing_from_elsewhere(client, db):
    response = client.get("/api/v1/docs")

    page = response.content.decode()
    assert response.status_code == 200
    assert [code for code in KINDS if f'id="{code}"' not in page] == []
    assert [path for path in (*ADDRESSES, STREAM_PATH) if path not in page] == []
    assert re.findall(r'(?:src|href)="(?:https?:)?//[^"]*"', page) == []
    places = re.findall(r'href="#(\w+)"', page)
    assert len(places) > 30 and [one for one in places if f'id="{one}"' not in page] == []
    assert "unsafe" not in response["Content-Security-Policy"]
