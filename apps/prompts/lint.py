"""Findings about a document: red ones stop a release, yellow ones want a look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from apps.llm.prices import context_window
from apps.llm.tokens import count_tokens
from apps.prompts.compile import compile_content, used_variables
from apps.prompts.content import BLOCK_LABELS, Document
from apps.prompts.contradictions import Quantity, contradictions
from apps.prompts.invisible import hidden_names
from apps.prompts.personal import PROVEN, personal_data
from apps.prompts.placeholders import odd_braces, variable_names

# What each begins with is fixed and each run is bounded, so that time grows with length alone.
_SECRETS = (
    ("a private key", re.compile(r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----")),
    ("an Anthropic key", re.compile(r"\bsk-ant-[A-Za-z0-9_-]{20,200}")),
    ("an OpenAI key", re.compile(r"\bsk-(?!ant-)[A-Za-z0-9_-]{20,200}")),
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a Google API key", re.compile(r"\bAIza[A-Za-z0-9_-]{35}")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})")),
    ("a GitLab token", re.compile(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a Slack token", re.compile(r"\bxox[abeprs]-[A-Za-z0-9-]{10,200}")),
    ("a Stripe key", re.compile(r"\b[rs]k_live_[A-Za-z0-9]{20,200}")),
    ("a Galley key", re.compile(r"\bgly_[a-z0-9_-]{1,80}_(?:read|write|release)_[A-Za-z0-9]{8}")),
)

# What is said of the prompt as a whole, or of several blocks of it.
_WHOLE = ("empty_prompt", "contradiction", "no_refusal", "too_long")
_TOLD = ("role", "context", "instructions", "guardrails", "output_format", "custom")
_MOST_PAIRS = 10
LONG_TOKENS = 2_000
LONG_SHARE = 0.25
_FREE = ("text", "long_text", "json", "list")
# Names under which applications pass on what people outside wrote, as a whole word of the name.
_OUTSIDE = re.compile(
    r"(?:^|_)(?:messages?|questions?|e?mails?|mail_body|comments?|feedback|reviews?|tickets?|chats?"
    r"|conversations?|transcripts?|quer(?:y|ies)|inputs?|requests?|posts?|replies|reply|complaints?"
    r"|documents?|attachments?|web_?pages?|html|search_results?|snippets?|user_text|user_said)"
    r"(?:_(?:text|body|content|history|html))?$",
    re.IGNORECASE,
)
_LABEL_WORDS = 3  # up to here an answer is a label, which refuses nothing
_REFUSAL = re.compile(
    r"\b(?:can(?:no|['’])t|cannot|won['’]t|not able|unable|sorry|afraid|instead|decline|do not know"
    r"|don['’]t know|not allowed|may not|could you|please (?:tell|send|share)|which"
    r"|need (?:more|your))\b",
    re.IGNORECASE,
)


class Finding(NamedTuple):
    """`level`: red or yellow; `block_key` None when it is about the whole prompt."""

    level: str
    code: str
    block_key: str | None
    sentence: str


def lint(content: Document) -> list[Finding]:
    """Red first, then in the order of the blocks, then what is no block."""
    found = [*_variables(content), *_empty(content)]
    for block in content["blocks"]:
        found += _block(block, content["models"])
    found += [*_around(content), *_contradictions(content), *_missing_refusal(content)]
    found += [*_untrusted(content), *_too_long(content)]
    return sorted(found, key=lambda finding: finding.level)


def _variables(content: Document) -> Iterator[Finding]:
    declared = [variable["name"] for variable in content["variables"]]
    used = used_variables(content)
    for name, keys in used.items():
        if name not in declared:
            sentence = f"“{{{{{name}}}}}” is used but not declared. Declare it, or take it out."
            yield Finding("red", "undeclared_variable", keys[0], sentence)
    for name in declared:
        if name not in used:
            sentence = f"“{name}” is declared but no block uses it."
            yield Finding("yellow", "unused_variable", None, sentence)


def _empty(content: Document) -> Iterator[Finding]:
    if not compile_content(content).messages:
        sentence = "The prompt sends nothing. Write a block, or switch one on."
        yield Finding("yellow", "empty_prompt", None, sentence)


def _block(block: dict[str, Any], models: list[dict[str, Any]]) -> Iterator[Finding]:
    """Notes too: they are never sent, but everyone who may view the prompt reads them."""
    key, name = block["key"], _name(block)
    texts = list(_texts(block, models))
    yield from _secret_findings(key, name, texts)
    yield from _personal_findings(key, name, texts)
    if braces := [token for text in texts for token in odd_braces(text, 3)]:
        sentence = f"{name} has braces that are no variable; they stay as they are"
        yield Finding("yellow", "odd_braces", key, f"{sentence}: {_excerpts(texts, len(braces))}.")
    yield from _hidden_findings(key, name, texts)


def _name(block: dict[str, Any]) -> str:
    return str(block["title"].strip(" #:") or BLOCK_LABELS[block["type"]])


def _around(content: Document) -> Iterator[Finding]:
    """What is sent or handed out and is no block."""
    for name, part in _parts(content):
        texts = list(_strings(part))
        yield from _secret_findings(None, name, texts)
        yield from _hidden_findings(None, name, texts)


def _parts(content: Document) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = [
        (f"The variable “{part['name']}”", part) for part in content["variables"]
    ]
    parts.append(("The output", content["output"]))
    models = map(_without_bodies, content["models"])
    parts += [(f"Model {place}", part) for place, part in enumerate(models, 1)]
    return parts + [(f"Tool {place}", part) for place, part in enumerate(content["tools"], 1)]


def words_about(finding: Finding, content: Document) -> Any:
    """What a finding speaks of, as JSON: the words of its block (each model's own too), the part
    that is no block, or all of it for what is about the whole prompt."""
    if finding.code in _WHOLE:
        return dict(content)
    if finding.block_key is not None:
        blocks = [block for block in content["blocks"] if block["key"] == finding.block_key]
        return [list(_texts(block, content["models"])) for block in blocks]
    if finding.code == "unused_variable":
        names = [part for part in content["variables"] if f"“{part['name']}”" in finding.sentence]
        return [{"name": part["name"], "type": part["type"]} for part in names]
    return [part for name, part in _parts(content) if finding.sentence.startswith(f"{name} ")]


def _without_bodies(model: dict[str, Any]) -> dict[str, Any]:
    """The bodies are read with their blocks."""
    return {key: value for key, value in model.items() if key != "overrides"}


def _strings(value: Any) -> Iterator[str]:
    """Every text of a JSON value, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)


def _secret_findings(key: str | None, name: str, texts: list[str]) -> Iterator[Finding]:
    for kind in dict.fromkeys(kind for text in texts for kind in _secrets(text)):
        sentence = f"{name} seems to hold {kind}. Take it out and replace it where it came from."
        yield Finding("red", "secret", key, sentence)


def _personal_findings(key: str, name: str, texts: list[str]) -> Iterator[Finding]:
    """Red where check digits prove it; addresses and telephone numbers are often public."""
    kinds = dict.fromkeys(kind for text in texts for kind, _found in personal_data(text))
    for kind in kinds:
        sentence = f"{name} holds {kind}. Use a variable or an invented one, unless it is public."
        yield Finding("red" if kind in PROVEN else "yellow", "personal_data", key, sentence)


def _contradictions(content: Document) -> Iterator[Finding]:
    """Of what the model is told; what people say to it and examples may hold any number."""
    told = [block for block in content["blocks"] if block["enabled"] and block["type"] in _TOLD]
    names = {block["key"]: _name(block) for block in told}
    for pair in contradictions([(block["key"], block["body"]) for block in told])[:_MOST_PAIRS]:
        first, second = pair
        where = names[first.place]
        if first.place != second.place:
            where = f"{where} and {names[second.place]}"
        sentence = f"{where} may contradict: {_said(first)} here, {_said(second)} there."
        yield Finding("yellow", "contradiction", second.place, sentence)


def _untrusted(content: Document) -> Iterator[Finding]:
    """What somebody outside may have written, where the model takes it for an order: a value of
    free text in a block of the system message. Choices, numbers and yes or no cannot carry one."""
    free = {one["name"] for one in content["variables"] if one["type"] in _FREE}
    for block in content["blocks"]:
        if not block["enabled"] or block["type"] not in _TOLD:
            continue
        texts = [block["title"], block["body"], *_own_bodies(block, content["models"])]
        used = dict.fromkeys(name for text in texts for name in variable_names(text))
        outside = [name for name in used if name in free and _OUTSIDE.search(name)]
        if outside:
            names = ", ".join(f"“{{{{{name}}}}}”" for name in outside)
            sentence = (
                f"{_name(block)} puts {names} among the instructions. If a user writes that text, "
                "it can give the model orders. Move it to an Input block."
            )
            yield Finding("yellow", "untrusted_variable", block["key"], sentence)


def _own_bodies(block: dict[str, Any], models: list[dict[str, Any]]) -> Iterator[str]:
    for model in models:
        yield model["overrides"].get(block["key"], {}).get("body", "")


def _too_long(content: Document) -> Iterator[Finding]:
    """For each model that is told more than LONG_SHARE of what it can read at once; where no window
    is known, more than LONG_TOKENS. Red where not even the prompt alone fits."""
    names = [model["model"] for model in content["models"]] or [None]
    for name in names:
        messages = compile_content(content, name).messages
        if sum(len(message["content"].encode()) for message in messages) <= LONG_TOKENS:
            continue  # a token is at least a byte
        window = context_window(name) if name else None
        most = int(window * LONG_SHARE) if window else LONG_TOKENS
        tokens = sum(count_tokens(message["content"]) for message in messages)
        if window and tokens > window:
            sentence = (
                f"The prompt has {tokens:,} tokens for {name}, which can read {window:,} at once. "
                "Shorten it."
            )
            yield Finding("red", "too_long", None, sentence)
        elif tokens > most:
            whom = f" for {name}" if name else ""
            known = f", a quarter of the {window:,} that it can read at once" if window else ""
            sentence = (
                f"The prompt has {tokens:,} tokens{whom}, over {most:,}{known}. Every call pays "
                "for them. Shorten what repeats itself, or take examples out."
            )
            yield Finding("yellow", "too_long", None, sentence)


def _said(quantity: Quantity) -> str:
    words = quantity.sentence
    return f"“{words if len(words) <= 80 else words[:79] + '…'}”"


def _missing_refusal(content: Document) -> Iterator[Finding]:
    """Where there are limits and written answers, one of these should keep to a limit. Answers that
    are data (JSON, a list) refuse nothing."""
    if content["output"]["format"] != "text":
        return
    blocks = [block for block in content["blocks"] if block["enabled"]]
    limits = any(block["type"] == "guardrails" and block["body"].strip() for block in blocks)
    answers = [row["output"] for block in blocks for row in block.get("rows", ())]
    written = [answer for answer in answers if len(answer.split()) > _LABEL_WORDS]
    if limits and written and not any(_REFUSAL.search(answer) for answer in written):
        first = next(block["key"] for block in blocks if block.get("rows"))
        sentence = (
            "No example shows a refusal. Add one whose answer says no, or asks for what is missing."
        )
        yield Finding("yellow", "no_refusal", first, sentence)


def _hidden_findings(key: str | None, name: str, texts: list[str]) -> Iterator[Finding]:
    if names := list(dict.fromkeys(name for text in texts for name in hidden_names(text))):
        sentence = f"{name} holds characters that nobody can see: {', '.join(names[:5])}."
        yield Finding("yellow", "invisible_characters", key, sentence)


def _texts(block: dict[str, Any], models: list[dict[str, Any]]) -> Iterator[str]:
    yield block["title"]
    yield block["body"]
    for row in block.get("rows", ()):
        yield row["input"]
        yield row["output"]
    for model in models:
        yield model["overrides"].get(block["key"], {}).get("body", "")


def _secrets(text: str) -> Iterator[str]:
    return (kind for kind, pattern in _SECRETS if pattern.search(text))


def _excerpts(texts: list[str], count: int) -> str:
    shown = [_excerpt(text, token.start) for text in texts for token in odd_braces(text, 3)][:3]
    return ", ".join(f"“{excerpt}”" for excerpt in shown) + (", …" if count > 3 else "")


def _excerpt(text: str, start: int) -> str:
    """Up to the closing braces on the same line, 30 characters at most."""
    line = text[start : start + 30].split("\n")[0]
    end = line.find("}}")
    return line[: end + 2] if end >= 0 else f"{line}…"
