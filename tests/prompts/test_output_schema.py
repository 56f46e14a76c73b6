"""The JSON schema as a text: what is refused says where; form and text show the same."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Invalid
from apps.prompts.actions import change_output, change_schema, make_version
from apps.prompts.output_fields import OutputField, fields_of, schema_of
from apps.prompts.output_schema import SchemaError, read_schema, written
from apps.prompts.queries import draft_contributors, draft_document, draft_of

NESTED = {
    "type": "object",
    "properties": {
        "total": {"type": "number"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"sku": True}}},
    },
    "required": ["total"],
}

WRONG = [
    ('{\n  "type": "object"\n  "required": []\n}', "Line 3, character 3: a comma is missing"),
    ('{"type": "object",\n}', "a name in double quotes is missing here"),
    ('{"type" "object"}', "Line 1, character 9: a colon is missing"),
    ('{"type": }', "a value is missing here"),
    ('{"a": "b', "its closing quote is missing"),
    ("{} {}", "the schema ended before this"),
    ('{"a": 1, "a": 2}', "“a” stands twice"),
    ('{"minimum": NaN}', "NaN is no number"),
    ("[1]", "must be a JSON object"),
    ('{"type": "text"}', "“text” is no type"),
    ('{"properties": []}', "“properties” must be an object"),
    ('{"properties": {"a": {"properties": {"b": 3}}}}', "In a → b: a schema must be an object"),
    ('{"required": "a"}', "“required” must be a list of names"),
    ('{"required": ["a", "a"]}', "names a field twice"),
    ('{"enum": []}', "“enum” must be a list"),
    ('{"anyOf": [{"type": "list"}]}', "In anyOf 1: “list” is no type"),
    ("[" * 100_000, "over 100,000|nested too deeply"),
    ("x" * 100_001, "over 100,000"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=range(len(WRONG)))
def test_what_is_no_schema_is_refused_with_its_place(text, sentence):
    with pytest.raises(SchemaError, match=sentence):
        read_schema(text)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        NESTED,
        {"type": ["string", "null"], "enum": [None, "a"]},
        {"$ref": "#/$defs/a", "$defs": {"a": {"not": False}}, "x-own": [1, {"type": 3}]},
        {"type": "array", "items": {"type": "string"}, "additionalProperties": False},
    ],
)
def test_a_schema_is_read_as_it_stands(schema):
    assert read_schema(json.dumps(schema)) == schema
    assert read_schema(written(schema)) == schema


def test_an_empty_text_is_no_schema():
    assert read_schema(" \n") is None


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["type", "properties", "items", "required", "anyOf", "a"]), inner,
        max_size=3,
    ), max_leaves=12,
))  # fmt: skip
def test_what_is_accepted_can_be_shown_by_the_form_and_comes_back_the_same(value):
    try:
        schema = read_schema(json.dumps(value))
    except SchemaError:
        return
    assert schema_of(fields_of(schema), schema) == schema


def answer_of(house):
    return draft_document(house.draft)["output"]


def test_text_and_form_show_the_same(house):
    change_schema(house.draft, schema=json.dumps(NESTED), actor=house.ana)
    shown = fields_of(answer_of(house)["json_schema"])
    assert [field.name for field in shown] == ["total", "lines"]

    change_output(
        house.draft, format="json", fields=[*shown, OutputField("note", "text")], actor=house.ana
    )

    schema = answer_of(house)["json_schema"]
    assert schema["properties"]["lines"] == NESTED["properties"]["lines"]
    assert schema["properties"]["note"] == {"type": "string"}


def test_the_schema_is_there_again_after_a_while_as_text(house):
    change_schema(house.draft, schema=json.dumps(NESTED), actor=house.ana)
    change_output(house.draft, format="text", actor=house.ana)
    assert answer_of(house) == {"format": "text", "json_schema": None}

    change_output(house.draft, format="json", actor=house.ana)

    assert answer_of(house) == {"format": "json", "json_schema": NESTED}


def test_who_wrote_the_schema_that_comes_back_counts_as_a_writer(house):
    change_schema(house.draft, schema=json.dumps(NESTED), actor=house.ben)
    change_output(house.draft, format="text", actor=house.ana)
    make_version(house.draft, reason="Text", actor=house.ana)
    assert draft_contributors(draft_of(house.prompt)) == set()

    change_output(draft_of(house.prompt), format="json", actor=house.ana)

    assert draft_contributors(draft_of(house.prompt)) == {house.ana.pk, house.ben.pk}


def test_a_schema_that_the_last_version_holds_brings_nobody(house):
    change_schema(house.draft, schema=json.dumps(NESTED), actor=house.ben)
    make_version(house.draft, reason="JSON", actor=house.ana)

    change_output(draft_of(house.prompt), format="text", actor=house.ana)
    change_output(draft_of(house.prompt), format="json", actor=house.ana)

    assert draft_contributors(draft_of(house.prompt)) == {house.ana.pk}


def test_json_without_a_schema_is_what_a_new_prompt_gets(house):
    change_output(house.draft, format="json", actor=house.ana)

    assert answer_of(house) == {"format": "json", "json_schema": None}


def test_a_schema_that_somebody_else_changed_is_asked_about(house):
    opened = house.draft.revision
    change_schema(house.draft, schema='{"type": "object"}', actor=house.ana)

    with pytest.raises(Invalid, match="meanwhile"):
        change_schema(house.draft, schema="{}", revision=opened, actor=house.ben)

    assert answer_of(house)["json_schema"] == {"type": "object"}


def test_a_refused_text_stays_on_the_page(house, signed_in):
    address = reverse("prompts:change_schema", args=[house.prompt.path])
    ana = signed_in(house.ana)

    answer = ana.post(address, {"schema": '{"<script>": }'})

    assert answer.status_code == 422
    assert "{&quot;&lt;script&gt;&quot;: }" in answer.content.decode()
    assert "Line 1, character 14" in answer.content.decode()
    assert ana.post(address, {"schema": '{"type": "object"}'}).status_code == 302
    assert "&quot;object&quot;" in ana.get(address).content.decode()
    assert signed_in(house.viewer).get(address).status_code == 403
