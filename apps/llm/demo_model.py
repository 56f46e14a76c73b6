"""The built-in demo model: answers at once, without a key, the same for the same question.

It follows the prompt in the plain ways that show what a change of the prompt does: it takes the
answer of the nearest example, chooses among the labels that the prompt names, fills a JSON schema,
says yes or no, or drafts a reply out of the instructions that fit the message. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from apps.llm.demo_json import fill
from apps.llm.demo_words import likeness, lot, sentences, share

SKIMMED = 5  # words of a message that the small one reads
LIKE = 0.6  # from here on, a message is like an example
_LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+[`\"']?([^`\"'\n:]{1,60}?)[`\"']?\s*(?::.*)?$", re.M)
_INLINE = re.compile(
    r"(?i)(?:labels?|categor(?:y|ies)|class(?:es)?|intents?|one of|choose (?:from|among|between)|"
    r"(?:choose|pick|name) (?:exactly |only )?one \w+|either)\s*(?:is|are|these)?\s*:?\s*"
    r"((?:[`\"']?[\w /&-]{1,60}[`\"']?\s*(?:,|\||;|\bor\b)\s*)+[`\"']?[\w /&-]{1,60}[`\"']?)"
)
_ASKS_LABEL = re.compile(r"(?i)\b(classif|label|categor|intent|which of|one of|choose)")
_FENCED = re.compile(r"<([\w-]{4,80})>\n?(.*?)</\1>", re.S)
_ABOUT = re.compile(r"(?:Question|Rubric):\s*(.+)", re.S)
_YES_NO = re.compile(r"(?i)\byes\b.{0,12}\bno\b")
_NAME = re.compile(r"\b(?i:I am|I'm|my name is|regards,|thanks,|cheers,)\s+([A-Z][a-z]{1,20})")
_MOST_WORDS = re.compile(
    r"(?i)\b(?:at most|under|no more than|fewer than|up to)\s+(\d{1,4})\s+words"
)
_COMMAND = re.compile(
    r"(?i)^(never|always|do not|don't|answer|reply|write|use|keep|you are|be|if|only|say|ask|avoid|"
    r"classify|return|respond|make|give|include|begin|start|end|sign)\b"
)


def answer(messages: Sequence[dict[str, Any]], json_schema: dict[str, Any] | None = None) -> str:
    """The text of the answer to some messages."""
    system = "\n".join(_text(m) for m in messages if m["role"] in ("system", "developer"))
    asked = next((_text(m) for m in reversed(messages) if m["role"] == "user"), "")
    if json_schema is not None:
        text = judged_in(asked) or asked or system
        return json.dumps(fill(json_schema, text, _asked_about(system)), ensure_ascii=False)
    example = _nearest(messages, asked)
    if example:
        return example
    labels = labels_in(system) or labels_in(asked)
    if labels:
        return (
            best_label(labels, asked)
            or _nearest(messages, asked, 0)
            or labels[lot(asked, len(labels))]
        )
    if _YES_NO.search(system) or _YES_NO.search(asked):
        return _yes_or_no(system, asked)
    return _shortened(_draft(system, asked), f"{system}\n{asked}")


def skimmed(messages: Sequence[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """As the small demo model reads them: of what is asked, the first words only."""
    last = max((i for i, m in enumerate(messages) if m["role"] == "user"), default=-1)
    return tuple(
        {**m, "content": " ".join(_text(m).split()[:SKIMMED])} if i == last else m
        for i, m in enumerate(messages)
    )


def judged_in(asked: str) -> str:
    """The text between marks, where a judge is shown one."""
    found = _FENCED.findall(asked)
    return found[-1][1].strip() if found else ""


def _asked_about(system: str) -> str:
    """The question or the rubric of a judge; else the whole prompt."""
    found = _ABOUT.search(system)
    return found[1].partition("\n\n")[0] if found else system


def labels_in(prompt: str) -> list[str]:
    """The labels that a prompt lets choose from; none when it does not ask for one."""
    if not _ASKS_LABEL.search(prompt):
        return []
    inline = _INLINE.search(prompt)
    if inline:
        parts = re.split(r"\s*(?:,|\||;|\bor\b)\s*", inline[1])
        found = [part.strip(" `\"'.") for part in parts]
    else:
        found = [label.strip(" .") for label in _LISTED.findall(prompt)]
    labels = list(dict.fromkeys(label for label in found if label and len(label.split()) <= 6))
    return labels if len(labels) > 1 else []


def best_label(labels: Sequence[str], text: str) -> str:
    """The label that shares most words with the text; among equals, always the same one; "" where
    none shares a word with it."""
    words = {label: label.replace("_", " ").replace("-", " ") for label in labels}
    best = max(labels, key=lambda each: (share(words[each], text), lot(each + text, 1 << 16)))
    return best if share(words[best], text) > 0 else ""


def _nearest(messages: Sequence[dict[str, Any]], asked: str, like: float = LIKE) -> str:
    """What the prompt's own example answered to the message that is most like this one, where it
    is at least so `like`."""
    best, found = like, ""
    for before, after in pairwise(messages):
        if before["role"] == "user" and after["role"] == "assistant":
            near = likeness(_text(before), asked)
            if near >= best:
                best, found = near, _text(after)
    return found


def _yes_or_no(system: str, asked: str) -> str:
    parts = sentences(asked) or sentences(system) or [""]
    near = max(parts, key=lambda part: share(part, system))
    return "Yes." if share(near, system) >= 0.3 or lot(asked, 2) else "No."


def _draft(system: str, asked: str) -> str:
    """A reply: a greeting, what was understood, and what the prompt knows about it."""
    name = _NAME.search(asked)
    about = max(sentences(asked) or ["your message"], key=lambda part: (len(part), part))
    known = [part for part in sentences(system) if not _COMMAND.match(part) and len(part) > 20]
    known.sort(key=lambda part: (-share(asked, part), part))
    told = [_ended(part) for part in known[:2] if share(asked, part) > 0]
    lines = [f"Hello {name[1]}," if name else "Hello,"]
    lines.append(f"Thank you for writing to us about this: “{_clipped(about)}”")
    lines += told or ["I have noted this and a colleague will look into it today."]
    lines.append("Is there anything else that I can do for you?")
    return "\n\n".join(lines)


def _shortened(text: str, prompt: str) -> str:
    """Within the number of words that the prompt allows."""
    limit = _MOST_WORDS.search(prompt)
    words = re.findall(r"\S+\s*", text)
    if limit is None or len(words) <= int(limit[1]):
        return text
    return "".join(words[: max(1, int(limit[1]))]).rstrip(" \n,;:") or text


def _ended(text: str) -> str:
    return text if text[-1] in ".!?" else f"{text}."


def _clipped(text: str) -> str:
    return text if len(text) <= 140 else f"{text[:139].rstrip()}…"


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content or "")
