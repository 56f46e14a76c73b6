"""Answers that speak to their judge (T33): a prompt can make a model write "score: 10" or "ignore
your instructions" into its answers. Such an answer is not judged by a model at all: its words are
shown to a person instead. Pure; every pattern is bounded.
"""

from __future__ import annotations

import hashlib
import re

_SPEAKS = re.compile(
    r"""(?ix)
    \b(?:ignore|disregard|forget|override)\b .{0,40} \b(?:instruction|rubric|prompt|rule|criteri)
  | \b(?:score|rating|grade|mark|verdict|evaluation)s?\b \s* (?:is|of|=|:|-|"\s*:)? \s* "?
    (?:\d{1,3}\b|pass\b|perfect\b|excellent\b|full\b|max|yes\b|highest\b|best\b)
  | \b(?:score|rate|grade|mark|judge|evaluate|rank)\b \s+ (?:this|it|me|my|the|that)\b .{0,40}
    \b(?:\d{1,3}|pass(?:ed|es|ing)?|correct|perfect|highest|best|top|full|good|excellent|high)\b
  | \b(?:give|award|assign|return|output|answer|reply|respond|say)\b .{0,40}
    \b(?:score|rating|grade|full\ marks|top\ marks|points|verdict|pass)\b
  | \b(?:dear|note\s+to|attention|to)\s+(?:the\s+)? (?:judge|evaluator|grader|rater|reviewer)\b
  | \b(?:you\ are|as)\s+(?:the|a|an)\s+ (?:judge|evaluator|grader|rater)\b
  | \b(?:judge|evaluator|grader|rater)s?\b .{0,20} \b(?:must|should|shall|will|please)\b
  | </?(?:answer|system|judge|rubric|instructions?)\b
    """
)
MOST = 200_000  # characters that are looked at


def speaks_to_judge(text: str) -> str:
    """The words that speak to whoever judges; "" where there are none."""
    found = _SPEAKS.search(text[:MOST])
    if found is None:
        return ""
    start = max(0, found.start() - 10)
    return " ".join(text[start : found.end() + 20].split())


def fence(*texts: str) -> str:
    """A mark around what is judged that the judged text cannot know: it hangs on all of them."""
    digest = hashlib.sha256("\x1f".join(texts).encode("utf-8", "replace")).hexdigest()
    return f"answer-{digest[:12]}"
