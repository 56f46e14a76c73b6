"""T16: what people write as patterns and schemas takes bounded time, and a sentence where not."""

from __future__ import annotations

import json
import time

import pytest

from apps.evaluations.checks import KINDS
from apps.evaluations.checks.patterns import MAX_WORK, PatternError, compiled, search
from apps.evaluations.checks.schemas import SchemaError, TooLong, problem, read_schema
from tests.evaluations.judging import state

EXPLODING = [r"(a+)+$", r"(a|aa)+$", r"(a|a?)+b", r"(.*a){12}$", r"((a+)+)+$", r"^(\w+\s?)*$"]
PATIENCE = 2.0  # seconds on a busy machine; Python's own engine needs years for these


@pytest.mark.parametrize("pattern", EXPLODING)
@pytest.mark.parametrize("kilobytes", [1, 4, 16, 64])
def test_t16_exploding_patterns_take_time_by_length_alone(pattern, kilobytes):
    text = "a" * (1024 * kilobytes) + "!"
    began = time.perf_counter()

    given = state("pattern", text, pattern=pattern)

    assert given in ("fail", "could_not_run")
    assert time.perf_counter() - began < PATIENCE


def test_t16_work_is_limited_by_pattern_and_text_together():
    heavy = r"(?:(?:a{1,20}){1,20})+!"
    most = MAX_WORK // compiled(heavy).programsize

    assert search(heavy, "a" * (most // 10)) is None
    with pytest.raises(PatternError, match="simpler"):
        search(heavy, "a" * (most + 1))


@pytest.mark.parametrize(
    "pattern", ["((a{1,100}){1,100}){1,100}", "(x{1,1000}){1,1000}", "a{9999}"]
)
def test_t16_patterns_that_repeat_too_much_are_refused_when_written(pattern):
    assert "repeats too much" in KINDS["pattern"].validate({"pattern": pattern})["pattern"]
    assert KINDS["pattern"].validate({"pattern": "a{99}"}) == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://schemas.example.org/refund.json"},
        {"properties": {"a": {"$ref": "http://127.0.0.1:9/internal"}}},
        {"allOf": [{"$ref": "file:///etc/passwd"}]},
        {"$dynamicRef": "other.json#x"},
        {"$schema": "https://evil.example.org/schema"},
        {"type": "nonsense"},
        {"pattern": "(?=a)"},
        {"patternProperties": {"((a{1,100}){1,100}){1,100}": {}}},
        {"properties": {"a": {"unevaluatedProperties": False}}},
        ["a list"],
    ],
)
def test_t16_schemas_that_point_out_or_cannot_be_are_refused(schema):
    errors = KINDS["json_schema"].validate({"schema": json.dumps(schema)})

    assert list(errors) == ["schema"]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "object", "required": ["a"]}, {"a": 1}, {"b": 1}),
        ({"properties": {"a": {"pattern": r"^R-\d+$"}}}, {"a": "R-1"}, {"a": "x"}),
        ({"$defs": {"n": {"type": "number"}}, "items": {"$ref": "#/$defs/n"}}, [1], ["x"]),
        ({"patternProperties": {"^n_": {"type": "number"}}}, {"n_a": 1}, {"n_a": "x"}),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"a": 1}, {"b": 1}),
        (
            {"patternProperties": {"^n_": {}}, "additionalProperties": {"type": "string"}},
            {"n_a": 1, "b": "x"},
            {"b": 1},
        ),
        ({"uniqueItems": True}, [1, "1", [1]], [{"a": 1}, {"a": 1}]),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "const": 1}, 1, 2),
    ],
)
def test_schema_judges_json(schema, good, bad):
    text = json.dumps(schema)

    assert state("json_schema", json.dumps(good), schema=text) == "pass"
    assert state("json_schema", json.dumps(bad), schema=text) == "fail"
    assert state("json_schema", "no json", schema=text) == "fail"


def test_t16_a_schema_that_multiplies_could_not_run():
    doubling = {f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 8} for n in range(12)}
    schema = read_schema(json.dumps({"$defs": {**doubling, "l12": True}, "$ref": "#/$defs/l0"}))
    began = time.perf_counter()

    with pytest.raises(TooLong):
        problem([1], schema)

    assert time.perf_counter() - began < PATIENCE
    for endless in ({"$ref": "#"}, {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}):
        with pytest.raises(TooLong):
            problem(1, read_schema(json.dumps(endless)))
    with pytest.raises(SchemaError):
        problem(1, read_schema('{"$ref": "#/$defs/nowhere"}'))
