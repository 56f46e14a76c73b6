"""JSON schemas that people write: no network, no patterns but RE2's, and a limit of time.

`jsonschema` runs Python's `re` and fetches references by itself; here neither happens. Every
keyword looks at the clock, so that no schema and no answer takes longer than `SECONDS`.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from apps.evaluations.checks.patterns import PatternError, compiled, search

SECONDS = 0.5
MAX_SCHEMA = 100_000  # characters
_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef", "$schema")
_KNOWN_META = "json-schema.org/"
Keyword = Callable[[Any, Any, Any, Any], Iterator[Any] | None]
_deadline: ContextVar[float] = ContextVar("galley_schema_deadline", default=math.inf)


class SchemaError(Exception):
    """The sentence says what is wrong with the schema."""


class TooLong(Exception):
    """The answer was not looked at in time."""


def read_schema(text: str) -> Any:
    """The schema; raises SchemaError."""
    if len(text) > MAX_SCHEMA:
        raise SchemaError(f"A schema has at most {MAX_SCHEMA:,} characters. Shorten it.")
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise SchemaError(f"This schema is not valid JSON: {place}.") from None
    except (ValueError, RecursionError):
        raise SchemaError("This schema is nested too deeply.") from None
    if not isinstance(schema, dict):
        raise SchemaError("A schema is a JSON object: it begins with { and ends with }.")
    for part in _parts(schema):
        _require_own(part)
    _require_schema(schema)
    return schema


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _require_own(part: dict[str, Any]) -> None:
    for name in _REFERENCES:
        target = part.get(name)
        if not isinstance(target, str) or target.startswith("#"):
            continue
        if name == "$schema" and _KNOWN_META in target:
            continue
        raise SchemaError(
            f"“{name}” points to {target[:80]}, outside this schema. Galley fetches nothing from"
            " the network: put the part that it names under “$defs” and point to “#/$defs/…”."
        )
    patterns = part.get("patternProperties")
    found = list(patterns) if isinstance(patterns, dict) else []
    if isinstance(part.get("pattern"), str):
        found.append(part["pattern"])
    for pattern in found:
        try:
            compiled(pattern)
        except PatternError as error:
            raise SchemaError(f"The pattern “{pattern[:60]}”: {error}") from None
    if "unevaluatedProperties" in part:
        raise SchemaError("Use “additionalProperties” in place of “unevaluatedProperties”.")


def _require_schema(schema: dict[str, Any]) -> None:
    from jsonschema import Draft202012Validator

    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    try:
        first = next(meta.iter_errors(schema), None)
    except RecursionError:
        raise SchemaError("This schema is nested too deeply.") from None
    if first is not None:
        raise SchemaError(f"{_place(first)}: {first.message[:200]}")


def problem(answer: Any, schema: dict[str, Any]) -> str:
    """The first thing that does not fit, in words, or "". Raises TooLong or SchemaError."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    until = _deadline.set(time.monotonic() + SECONDS)
    try:
        checker = _validator()(schema, registry=Registry())
        first = next(checker.iter_errors(answer), None)
    except RecursionError:
        raise TooLong("The schema or the answer is nested too deeply.") from None
    except Unresolvable as error:
        raise SchemaError(f"The schema points to “{error.ref}”, which it does not hold.") from None
    finally:
        _deadline.reset(until)
    return f"{_place(first)}: {first.message[:200]}" if first is not None else ""


def _place(error: Any) -> str:
    path = error.json_path.removeprefix("$").lstrip(".")
    return f"“{path}”" if path else "The whole"


@lru_cache(maxsize=1)
def _validator() -> Any:
    from jsonschema import Draft202012Validator, validators

    keywords = dict(Draft202012Validator.VALIDATORS) | {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
        "uniqueItems": _unique_items,
    }
    timed = {name: _timed(keyword) for name, keyword in keywords.items()}
    return validators.extend(Draft202012Validator, timed)


def _timed(keyword: Keyword) -> Keyword:
    def run(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if time.monotonic() > _deadline.get():
            raise TooLong(f"Fitting the answer to the schema took longer than {SECONDS:g} s.")
        yield from keyword(validator, value, instance, schema) or ()

    return run


def _fits(pattern: str, text: str) -> bool:
    try:
        return bool(search(pattern, text))
    except PatternError as error:
        raise TooLong(str(error)) from None


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if isinstance(instance, str) and not _fits(pattern, instance):
        yield ValidationError(f"{instance[:60]!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: dict[str, Any], instance: Any, schema: Any
) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    for pattern, part in patterns.items():
        for name, value in instance.items():
            if _fits(pattern, name):
                yield from validator.descend(value, part, path=name, schema_path=pattern)


def _additional_properties(validator: Any, part: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not isinstance(instance, dict):
        return
    patterns = list(schema.get("patternProperties", {}))
    known = schema.get("properties", {})
    extra = [
        name
        for name in instance
        if name not in known and not any(_fits(pattern, name) for pattern in patterns)
    ]
    if isinstance(part, dict):
        for name in extra:
            yield from validator.descend(instance[name], part, path=name)
    elif part is False and extra:
        yield ValidationError(f"these fields are not foreseen: {', '.join(extra[:5])}")


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if wanted and isinstance(instance, list):
        seen = {json.dumps(item, sort_keys=True) for item in instance}
        if len(seen) < len(instance):
            yield ValidationError("an item stands there twice")
