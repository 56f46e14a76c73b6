"""The form of an answer's fields loses nothing of a schema that it cannot show."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import Invalid
from apps.prompts.actions import change_output
from apps.prompts.models import Draft
from apps.prompts.output_fields import KEPT, OutputField, fields_of, schema_of

NESTED = {
    "type": "object",
    "properties": {
        "queue": {"type": "string", "enum": ["a", "b"], "description": "Where to"},
        "lines": {"type": "array", "items": {"type": "object", "properties": {}}},
        "note": {"type": "string"},
    },
    "required": ["queue"],
    "$defs": {"line": {"type": "string"}},
}

shapes = st.sampled_from(
    [{"type": "string"}, {"type": "number"}, {"type": "string", "description": "Why"}, True,
     {"type": "array", "items": {"type": "string"}}, {"enum": [1, 2]}, {"$ref": "#/$defs/a"},
     {"type": "object", "properties": {"x": {"type": "integer"}}, "description": "Deep"}]
)  # fmt: skip


@st.composite
def schemas(draw: st.DrawFn) -> dict[str, Any]:
    properties = draw(st.dictionaries(st.sampled_from("abcd"), shapes, min_size=1))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    if draw(st.booleans()):
        schema["required"] = draw(st.lists(st.sampled_from("abcde"), unique=True))
    if draw(st.booleans()):
        schema["additionalProperties"] = draw(st.booleans())
    if draw(st.booleans()):
        schema["$defs"] = {"a": {"type": "string"}}
    return schema


@given(schemas())
def test_saving_the_form_as_it_came_changes_nothing(schema):
    assert schema_of(fields_of(schema), schema) == schema


@given(schemas(), st.sampled_from("abcd"))
def test_taking_one_field_out_leaves_the_others_as_they_were(schema, name):
    left = [field for field in fields_of(schema) if field.name != name]

    found = schema_of(left, schema)

    others = {key: value for key, value in schema["properties"].items() if key != name}
    assert (found or {"properties": {}})["properties"] == others


def test_new_field_is_required_and_what_may_be_absent_stays_so():
    fields = [*fields_of(NESTED), OutputField("reason", "text")]

    found = schema_of(fields, NESTED)

    assert found is not None
    assert found["required"] == ["queue", "reason"]
    assert found["$defs"] == NESTED["$defs"]
    assert found["properties"]["lines"] == NESTED["properties"]["lines"]


def test_schema_without_fields_of_its_own_stays():
    listed = {"type": "array", "items": {"type": "string"}}

    assert fields_of(listed) == []
    assert schema_of([], listed) == listed


@pytest.mark.django_db
def test_form_of_the_answer_keeps_a_schema_from_elsewhere(house):
    draft = Draft.objects.get(pk=house.draft.pk)
    draft.settings = {**draft.settings, "output": {"format": "json", "json_schema": NESTED}}
    draft.save()

    change_output(draft, format="json", fields=fields_of(NESTED), actor=house.ana)

    draft.refresh_from_db()
    assert draft.settings["output"]["json_schema"] == NESTED
    with pytest.raises(Invalid, match="Only a field that is there"):
        change_output(draft, format="json", fields=[OutputField("new", KEPT)], actor=house.ana)
