"""“Use in code”: the call for this prompt, filled in, to copy."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.prompts.content import Document
from apps.prompts.models import Prompt


@dataclass(frozen=True)
class Sample:
    code: str
    label: str
    text: str


def samples(prompt: Prompt, document: Document, address: str) -> list[Sample]:
    """`address` ends with a slash. The key is never here: it is in the environment."""
    return [
        Sample("curl", "curl", _curl(prompt, address)),
        Sample("python", "Python", _python(prompt, document, address)),
    ]


def _curl(prompt: Prompt, address: str) -> str:
    return (
        f'curl -H "Authorization: Bearer $GALLEY_KEY" \\\n  {address}api/v1/prompts/{prompt.path}'
    )


def _python(prompt: Prompt, document: Document, address: str) -> str:
    values = ", ".join(f"{v['name']}={_value(v)}" for v in document["variables"] if v["required"])
    return (
        "from galley_client import Galley\n\n"
        f"# {_('GALLEY_URL is')} {address.rstrip('/')}, {_('GALLEY_KEY is a read key')}\n"
        "galley = Galley()\n"
        f'prompt = galley.get("{prompt.path}")\n'
        f"messages = prompt.render({values})\n"
    )


def _value(variable: Document) -> str:
    samples = {"number": "1", "yes_no": "True", "list": '["…"]', "json": "{}"}
    if variable["type"] == "choice" and variable["choices"]:
        return repr(variable["choices"][0])
    return samples.get(variable["type"], '"…"')
