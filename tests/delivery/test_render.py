"""POST /prompts/{path}/render and GET /prompts."""

from __future__ import annotations

import json

import pytest

from apps.delivery.problems import MAX_BODY
from apps.prompts.actions import make_version
from apps.prompts.queries import draft_of
from tests.delivery.story import bearer, make_prompt
from tests.delivery.test_fetch import code

NUL = "“message” holds a NUL character or half of a broken one."
ADDRESS = "/api/v1/prompts/desk/reply/render"


def render(client, key, body, address=ADDRESS):
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(address, data, content_type="application/json", headers=bearer(key))


def test_render_puts_the_values_in(client, story):
    _, key = story.key()

    answer = render(client, key, {"variables": {"message": "{{shop}} & <b>", "extra": 1}}).json()

    assert answer["messages"] == [
        {"role": "system", "content": "You write for the shop."},
        {"role": "user", "content": "{{shop}} & <b>"},
    ]
    assert (answer["version"], answer["revision"], answer["ignored"]) == (1, 1, ["extra"])


def test_render_ignores_a_value_with_half_a_character_in_its_name(client, story):
    _, key = story.key()

    answer = render(client, key, b'{"variables": {"message": "m", "\\ud800": 1}}').json()

    assert answer["ignored"] == ["?"]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({}, "message", "“message” needs a value."),
        ({"message": None}, "message", "“message” needs a value."),
        ({"message": 3}, "message", "“message” must be a text."),
        ({"message": "a\x00"}, "message", NUL),
        ({"message": "m", "shop": ["a"]}, "shop", "“shop” must be a text."),
    ],
)  # fmt: skip
def test_render_names_the_variable_that_does_not_fit(client, story, values, field, sentence):
    _, key = story.key()

    response = render(client, key, {"variables": values})

    assert code(response) == (422, "bad_values")
    assert response.json()["errors"] == [{"field": field, "detail": sentence}]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"variables": {"message": "m"}, "values": {}}, (400, "unknown_field")),
        ({"variables": "m"}, (400, "bad_body")),
        ([1], (400, "bad_body")),
        (b"{", (400, "bad_body")),
        (b"", (400, "bad_body")),
        (b'{"variables": {"message": NaN}}', (400, "bad_body")),
        (b'{"variables": {"message": "\\ud800"}}', (422, "bad_values")),
        (b"[" * 100_000, (400, "bad_body")),
        (b'{"variables": {"n": ' + b"1" * 5000 + b"}}", (400, "bad_body")),
        (b" " * (MAX_BODY + 1), (413, "body_too_large")),
    ],
)
def test_render_refuses_a_body_that_cannot_be_read(client, story, body, expected):
    _, key = story.key()

    assert code(render(client, key, body)) == expected


def test_render_of_a_version_and_a_model(client, story):
    _, key = story.key()
    address = f"{ADDRESS}?version=1&model=local/small"

    answer = render(client, key, {"variables": {"message": "m", "shop": "Ines"}}, address).json()

    assert answer["messages"][0]["content"] == "Write for Ines, briefly."
    assert answer["model"] == {"id": "local/small", "parameters": {}}


def test_render_needs_a_key_and_its_scope(client, story):
    _, key = story.key()
    out_of_scope = render(client, key, {}, "/api/v1/prompts/other/secret/render")
    without = client.post(ADDRESS, "{}", content_type="application/json")

    assert code(out_of_scope) == (404, "unknown_prompt")
    assert code(without) == (401, "missing_key")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "head", "options"])
@pytest.mark.parametrize("address", ["", "/desk/reply", "/desk/reply/render"])
def test_api_names_the_method_to_use(client, db, method, address):
    response = getattr(client, method)(f"/api/v1/prompts{address}")

    assert response.status_code == 405
    assert response["Allow"] == ("POST" if address.endswith("render") else "GET")


def test_api_says_so_where_nothing_is(client, db):
    assert code(client.get("/api/v1/promts")) == (404, "unknown_address")


def test_list_shows_what_the_key_may_fetch_page_by_page(client, story):
    world = story.world
    for segment in ("b", "c", "d"):
        prompt = make_prompt(world, world.desk, segment)
        version = make_version(draft_of(prompt), reason="First", actor=world["author"])
        world.put_live(prompt, version, "production" if segment != "d" else "staging")
    _, key = story.key()

    def page(question=""):
        response = client.get(f"/api/v1/prompts{question}", headers=bearer(key))
        assert response.status_code == 200
        return response.json()

    whole, first = page(), page("?limit=2")
    second = page(f"?limit=2&cursor={first['cursor']}")

    paths = [prompt["prompt"] for prompt in whole["prompts"]]
    assert paths == ["desk/b", "desk/c", "desk/reply"]
    assert first["prompts"] + second["prompts"] == whole["prompts"]
    assert (whole["cursor"], second["cursor"]) == (None, None)
    assert whole["prompts"][2]["content_hash"] == story.versions[0].content_hash


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("limit=0", (400, "bad_parameter")),
        ("limit=501", (400, "bad_parameter")),
        ("cursor=!", (400, "bad_parameter")),
        ("cursor=_w", (400, "bad_parameter")),
        ("offset=3", (400, "unknown_parameter")),
    ],
)
def test_list_reads_its_parameters_strictly(client, story, question, expected):
    _, key = story.key()

    assert code(client.get(f"/api/v1/prompts?{question}", headers=bearer(key))) == expected
