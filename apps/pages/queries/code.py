"""“Use in code”: the calls for this prompt, filled in, to copy."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.environments.models import Environment
from apps.environments.queries import live_version
from apps.prompts.content import Document
from apps.prompts.models import Prompt
from apps.prompts.queries import version_document

EXAMPLES: dict[str, Any] = {
    "text": "…", "long_text": "…", "number": 1, "yes_no": True, "list": ["…"], "json": {},
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    code: str
    label: str
    text: str


@dataclass(frozen=True)
class InCode:
    """`live`: whether anything is, so that the calls answer. Without it the draft names the
    variables."""

    environment: Environment
    live: bool
    samples: list[Sample]


def in_code(prompt: Prompt, draft: Document, environment: Environment, address: str) -> InCode:
    """`address` ends with a slash. The key is never here: it is in the environment of the caller,
    as GALLEY_KEY."""
    live = live_version(prompt, environment)
    document = version_document(live) if live else draft
    values = _values(prompt, document)
    place = environment.name
    samples = [
        Sample("curl", "curl", _curl(prompt, place, values, address)),
        Sample("python", "Python", _python(prompt, place, values, address)),
        Sample("javascript", "JavaScript", _javascript(prompt, place, values, address)),
    ]
    return InCode(environment, live is not None, samples)


def _values(prompt: Prompt, document: Document) -> dict[str, Any]:
    """What each variable could be: of the first sample that names it, else after its type."""
    kept: dict[str, Any] = {}
    for sample in prompt.samples.order_by("-pk"):
        kept |= {name: value for name, value in sample.values.items() if value not in ("", None)}
    wanted = [v for v in document["variables"] if v["required"] or v["name"] in kept]
    return {v["name"]: _value(v, kept) for v in wanted}


def _value(variable: Mapping[str, Any], kept: Mapping[str, Any]) -> Any:
    if variable["type"] == "choice":
        choices = variable["choices"]
        found = kept.get(variable["name"])
        return found if found in choices else (choices[0] if choices else "…")
    example = EXAMPLES[variable["type"]]
    found = kept.get(variable["name"], example)
    fits = type(found) is type(example) or variable["type"] == "json"
    if not fits and variable["type"] == "number":
        fits = isinstance(found, float)
    text = variable["max_length"] and isinstance(found, str)
    return found[: variable["max_length"]] if fits and text else (found if fits else example)


def _curl(prompt: Prompt, place: str, values: dict[str, Any], address: str) -> str:
    url = f"{address}api/v1/prompts/{prompt.path}"
    body = shlex.quote(json.dumps({"variables": values}, ensure_ascii=False))
    return (
        f"# {_('What is live')}\n"
        f'curl -H "Authorization: Bearer $GALLEY_KEY" \\\n"{url}?environment={place}"\n\n'
        f"# {_('The same, with values put in')}\n"
        'curl -H "Authorization: Bearer $GALLEY_KEY" -H "Content-Type: application/json" \\\n'
        f'--data {body} \\\n"{url}/render?environment={place}"\n'
    )


def _python(prompt: Prompt, place: str, values: dict[str, Any], address: str) -> str:
    lines = "".join(f'    "{name}": {_literal(value)},\n' for name, value in values.items())
    given = f"{{\n{lines}}}" if values else ""
    words = _("GALLEY_KEY is a read key of %(place)s") % {"place": place}
    return (
        "from galley_client import Galley\n\n"
        f'# {words}\ngalley = Galley("{address.rstrip("/")}")\n'
        f'prompt = galley.get("{prompt.path}")\n'
        f"messages = prompt.render({given})\n"
    )


def _literal(value: Any) -> str:
    """In Python; a text looks the same in JSON."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _javascript(prompt: Prompt, place: str, values: dict[str, Any], address: str) -> str:
    url = f"{address}api/v1/prompts/{prompt.path}/render?environment={place}"
    body = json.dumps({"variables": values}, ensure_ascii=False, indent=2).replace("\n", "\n  ")
    return (
        f'const answer = await fetch("{url}", {{\n'
        '  method: "POST",\n'
        "  headers: {\n"
        "    Authorization: `Bearer ${process.env.GALLEY_KEY}`,\n"
        '    "Content-Type": "application/json",\n'
        "  },\n"
        f"  body: JSON.stringify({body}),\n"
        "});\n"
        "if (!answer.ok) throw new Error((await answer.json()).detail);\n"
        "const { messages } = await answer.json();\n"
    )
