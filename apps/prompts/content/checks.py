"""Whether a document may become a version. Every problem is named, with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from apps.prompts.content.encoding import TOO_DEEP, canonical_bytes, too_large
from apps.prompts.content.names import check_variable_name
from apps.prompts.content.shape import (
    BLOCK_TYPES,
    EXAMPLE_STYLES,
    HEADINGS,
    MAX_BLOCKS,
    MAX_DEPTH,
    MAX_ROWS,
    MAX_TITLE,
    MAX_VARIABLES,
    OUTPUT_FORMATS,
    SCHEMA,
    VARIABLE_TYPES,
    Document,
)
from apps.prompts.content.text import ContentError, Problem, check_block_size, check_text
from apps.prompts.values import check_value

Problems = Iterator[Problem]

_BLOCK = {"key", "type", "title", "body", "enabled", "snippet"}
_EXAMPLES = {*_BLOCK, "rows", "as"}
_VARIABLE = {"name", "type", "required", "default", "description", "max_length", "choices"}
_DOCUMENT = {"schema", "blocks", "variables", "rendering", "output", "models", "tools"}
_WHOLE = 2**53 - 1
_MAX_TEXT = 256 * 1024


def require_content(document: Any) -> None:
    if problems := check_content(document):
        raise ContentError(*problems)


def check_content(document: Any) -> list[Problem]:
    """Empty when the document may become a version. Each step trusts what the former found good:
    plain values first, then the shape, then limits and what refers to what."""
    if problems := list(_values(document)):
        return problems
    if problems := list(_shape(document)):
        return problems
    if problems := list(_meaning(document)):
        return problems
    sentence = too_large(len(canonical_bytes(document)))
    return [Problem("", sentence)] if sentence else []


def _values(document: Any) -> Problems:
    """Walks without recursion, so that depth cannot hurt."""
    waiting: list[tuple[str, Any, int]] = [("", document, 1)]
    while waiting:
        path, value, depth = waiting.pop()
        if depth > MAX_DEPTH and isinstance(value, dict | list):
            yield Problem(path, TOO_DEEP)
        elif isinstance(value, dict):
            for name, part in value.items():
                yield from _scalar(path, name if isinstance(name, str) else None)
                waiting.append((_join(path, name), part, depth + 1))
        elif isinstance(value, list):
            waiting += [(_join(path, i), part, depth + 1) for i, part in enumerate(value)]
        else:
            yield from _scalar(path, value)


def _scalar(path: str, value: Any) -> Problems:
    if isinstance(value, str):
        if sentence := check_text(value):
            yield Problem(path, sentence)
        elif "\r" in value:
            yield Problem(path, "A line must end with a line feed alone.")
    elif isinstance(value, int) and not -_WHOLE <= value <= _WHOLE:
        yield Problem(path, "A whole number must lie within ±9,007,199,254,740,991.")
    elif isinstance(value, float) and not -1e308 <= value <= 1e308:
        yield Problem(path, "This is no number that JSON can hold.")
    elif not isinstance(value, str | int | float | bool | None):
        yield Problem(path, "This is not a JSON value.")


def _shape(document: Any) -> Problems:
    yield from _fields("", document, _DOCUMENT)
    if not isinstance(document, dict) or set(document) != _DOCUMENT:
        return
    if document["schema"] is True or document["schema"] != SCHEMA:
        yield Problem("schema", f"This content has another schema than {SCHEMA}.")
    yield from _each("blocks", document["blocks"], _block_shape, MAX_BLOCKS)
    yield from _each("variables", document["variables"], _variable_shape, MAX_VARIABLES)
    yield from _each("models", document["models"], _model_shape, 50)
    yield from _each("tools", document["tools"], _tool_shape, 128)
    yield from _settings("rendering", document["rendering"], kind=("chat",), headings=HEADINGS)
    output = document["output"]
    yield from _settings("output", output, format=OUTPUT_FORMATS, json_schema=None)
    if isinstance(output, dict) and not isinstance(output.get("json_schema"), dict | None):
        yield Problem("output/json_schema", "The JSON schema must be an object, or nothing.")


def _block_shape(path: str, block: Any) -> Problems:
    examples = isinstance(block, dict) and block.get("type") == "examples"
    wrong = list(_fields(path, block, _EXAMPLES if examples else _BLOCK))
    yield from wrong
    if wrong:
        return
    yield from _one_of(f"{path}/type", block["type"], BLOCK_TYPES)
    yield from _of(path, block, str, "key", "title", "body")
    yield from _of(path, block, bool, "enabled")
    if block["snippet"] is not None and not _is_pin(block["snippet"]):
        sentence = "A snippet is named by its path and by a version, a whole number from 1."
        yield Problem(f"{path}/snippet", sentence)
    if examples:
        yield from _one_of(f"{path}/as", block["as"], EXAMPLE_STYLES)
        yield from _each(f"{path}/rows", block["rows"], _row_shape, MAX_ROWS)


def _is_pin(pin: Any) -> bool:
    """Which snippet the block's words are copied from. Nothing is ever read through it."""
    if not isinstance(pin, dict) or set(pin) != {"path", "version"}:
        return False
    path, version = pin["path"], pin["version"]
    return isinstance(path, str) and 1 <= len(path) <= 700 and type(version) is int and version > 0


def _row_shape(path: str, row: Any) -> Problems:
    wrong = list(_fields(path, row, {"input", "output"}))
    yield from wrong or _of(path, row, str, "input", "output")


def _variable_shape(path: str, variable: Any) -> Problems:
    wrong = list(_fields(path, variable, _VARIABLE))
    yield from wrong
    if wrong:
        return
    yield from _one_of(f"{path}/type", variable["type"], VARIABLE_TYPES)
    yield from _of(path, variable, str, "name", "description")
    yield from _of(path, variable, bool, "required")
    yield from _each(f"{path}/choices", variable["choices"], _choice_shape, 1000)
    length = variable["max_length"]
    if length is not None and not (type(length) is int and 1 <= length <= _MAX_TEXT):
        yield Problem(f"{path}/max_length", f"The length must lie from 1 to {_MAX_TEXT:,}.")


def _choice_shape(path: str, choice: Any) -> Problems:
    if not isinstance(choice, str) or not choice:
        yield Problem(path, "A choice must be a text that is not empty.")


def _model_shape(path: str, model: Any) -> Problems:
    wrong = list(_fields(path, model, {"model", "parameters", "overrides"}))
    yield from wrong
    if wrong:
        return
    if not isinstance(model["model"], str) or not 1 <= len(model["model"]) <= 200:
        yield Problem(f"{path}/model", "A model needs a name of at most 200 characters.")
    yield from _of(path, model, dict, "parameters", "overrides")
    if isinstance(model["overrides"], dict):
        for key, override in model["overrides"].items():
            place = f"{path}/overrides/{key}"
            yield from _override_shape(place, override)


def _override_shape(path: str, override: Any) -> Problems:
    """Other words, {"body": "…"}, or {"enabled": false}: the block is not sent to this model."""
    if isinstance(override, dict) and set(override) == {"enabled"}:
        if override["enabled"] is not False:
            yield Problem(f"{path}/enabled", "A model can leave a block out, not switch it on.")
        return
    yield from _fields(path, override, {"body"}) or _of(path, override, str, "body")


def _tool_shape(path: str, tool: Any) -> Problems:
    if not isinstance(tool, dict):
        yield Problem(path, "A tool must be a JSON object.")


def _meaning(document: Document) -> Problems:
    yield from _unique("blocks", document["blocks"], "key", "Two blocks have the same key.")
    yield from _unique("variables", document["variables"], "name", "“{}” is declared twice.")
    yield from _unique("models", document["models"], "model", "“{}” stands there twice.")
    for i, block in enumerate(document["blocks"]):
        yield from _block_meaning(f"blocks/{i}", block)
    for i, variable in enumerate(document["variables"]):
        yield from _variable_meaning(f"variables/{i}", variable)
    keys = {block["key"] for block in document["blocks"]}
    for i, model in enumerate(document["models"]):
        for key, override in model["overrides"].items():
            place = f"models/{i}/overrides/{key}"
            if key not in keys:
                yield Problem(place, f"“{model['model']}” changes a block that is gone.")
            yield from _size(place, override.get("body", ""))


def _block_meaning(path: str, block: dict[str, Any]) -> Problems:
    if not block["key"]:
        yield Problem(f"{path}/key", "A block needs a key.")
    if "\n" in block["title"] or len(block["title"]) > MAX_TITLE:
        sentence = f"A title is one line of at most {MAX_TITLE:,} characters."
        yield Problem(f"{path}/title", sentence)
    rows = [text for row in block.get("rows", ()) for text in (row["input"], row["output"])]
    yield from _size(f"{path}/body", block["title"], block["body"], *rows)


def _size(path: str, *texts: str) -> Problems:
    if sentence := check_block_size(sum(len(text.encode()) for text in texts)):
        yield Problem(path, sentence)


def _variable_meaning(path: str, variable: dict[str, Any]) -> Problems:
    name, type, choices = variable["name"], variable["type"], variable["choices"]
    if sentence := check_variable_name(name):
        yield Problem(f"{path}/name", sentence)
    if type == "choice" and not choices:
        yield Problem(f"{path}/choices", f"“{name}” is a choice: list at least one value.")
    if type != "choice" and choices:
        yield Problem(f"{path}/choices", f"“{name}” is no choice, so it has no list of values.")
    if len(set(choices)) < len(choices):
        yield Problem(f"{path}/choices", f"“{name}” lists one value twice.")
    if variable["max_length"] is not None and type not in ("text", "long_text"):
        yield Problem(f"{path}/max_length", f"“{name}” is no text, so it has no length.")
    yield from _default_meaning(f"{path}/default", variable)


def _default_meaning(path: str, variable: dict[str, Any]) -> Problems:
    if variable["default"] is None:
        return
    if variable["required"]:
        sentence = f"“{variable['name']}” is required, so it has no default. Clear one of the two."
        yield Problem(path, sentence)
    if sentence := check_value(variable, variable["default"]):
        yield Problem(path, f"The default does not fit: {sentence}")


def _each(path: str, items: Any, check: Callable[[str, Any], Problems], most: int) -> Problems:
    if not isinstance(items, list):
        yield Problem(path, "This must be a list.")
    elif len(items) > most:
        yield Problem(path, f"There are {len(items):,} {path.split('/')[-1]}; at most {most:,}.")
    else:
        for i, item in enumerate(items):
            yield from check(f"{path}/{i}", item)


def _fields(path: str, value: Any, names: set[str]) -> list[Problem]:
    if not isinstance(value, dict):
        return [Problem(path, "This must be a JSON object.")]
    missing = [Problem(_join(path, n), f"The field “{n}” is missing.") for n in names - set(value)]
    extra = [Problem(_join(path, n), f"The field “{n}” is not known.") for n in set(value) - names]
    return sorted(missing + extra)


def _settings(path: str, value: Any, **allowed: tuple[str, ...] | None) -> Problems:
    wrong = _fields(path, value, set(allowed))
    yield from wrong
    for name, choices in () if wrong else allowed.items():
        if choices is not None:
            yield from _one_of(f"{path}/{name}", value[name], choices)


def _one_of(path: str, value: Any, choices: tuple[str, ...]) -> Problems:
    if not isinstance(value, str) or value not in choices:
        yield Problem(path, f"This must be one of {', '.join(choices)}.")


def _of(path: str, value: dict[str, Any], kind: type, *names: str) -> Problems:
    words = {str: "a text", bool: "true or false", dict: "a JSON object"}
    for name in names:
        if not isinstance(value[name], kind):
            yield Problem(f"{path}/{name}", f"This must be {words[kind]}.")


def _unique(path: str, items: list[dict[str, Any]], name: str, sentence: str) -> Problems:
    for value, times in Counter(item[name] for item in items).items():
        if times > 1:
            where = max(i for i, item in enumerate(items) if item[name] == value)
            yield Problem(f"{path}/{where}/{name}", sentence.format(value))


def _join(path: str, name: object) -> str:
    return f"{path}/{name}" if path else str(name)
