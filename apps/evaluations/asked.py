"""A version's content and the values of a case → the question for a model. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from apps.evaluations.filling import fill
from apps.llm.asking import Question
from apps.prompts.compile import Compiled, ValuesError, compile_content, render
from apps.prompts.content import Document

USUAL_ANSWER = 1024  # tokens set aside for an answer whose length the prompt does not limit
LETTERS_A_TOKEN = 3  # bytes of UTF-8: rather too many tokens than too few


class CannotAsk(Exception):
    """The case does not fit the prompt; its sentence says why."""


def compiled_for(content: Document, model: str, variant_of: str = "") -> Compiled:
    """In the model's own variant, where the prompt has one; else in that of the model which it
    stands in for, else in the prompt's first."""
    names = [variant["model"] for variant in content["models"]]
    return compile_content(content, next((n for n in (model, variant_of) if n in names), None))


def question_for(
    content: Document, compiled: Compiled, values: Mapping[str, Any], model: str, remote_name: str
) -> Question:
    filled, sentence = fill(content["variables"], values)
    if sentence:
        raise CannotAsk(sentence)
    try:
        rendered = render(compiled.messages, content["variables"], filled)
    except ValuesError as error:
        raise CannotAsk(str(error)) from error
    messages = [dict(message) for message in rendered.messages]
    if not any(message["content"].strip() for message in messages):
        raise CannotAsk("The prompt is empty, so there is nothing to ask.")
    if not any(message["role"] == "user" for message in messages):
        messages[-1]["role"] = "user"  # a prompt of one text is what is asked
    parameters = dict(compiled.model["parameters"]) if compiled.model else {}
    output = content["output"]
    schema = output["json_schema"] if output["format"] == "json" else None
    return Question(
        model, remote_name, tuple(messages), parameters, tuple(content["tools"]), schema
    )


def sent_tokens(question: Question) -> int:
    """At most about so many."""
    texts = [str(message["content"]) for message in question.messages]
    whole = "".join(texts) + json.dumps([question.tools, question.json_schema])
    return len(whole.encode()) // LETTERS_A_TOKEN + 8 * len(texts) + 8


def answered_tokens(question: Question) -> int:
    """What the prompt allows, else what answers usually have."""
    for name in ("max_tokens", "max_completion_tokens", "max_output_tokens"):
        most = question.parameters.get(name)
        if isinstance(most, int) and most > 0:
            return most
    return USUAL_ANSWER


def fingerprint(question: Question, repeat: int) -> str:
    """Equal for equal questions: their answer can be used again."""
    facts = [
        question.model, question.remote_name, question.messages, question.parameters,
        question.tools, question.json_schema, repeat,
    ]  # fmt: skip
    return digest(facts)


def digest(facts: Any) -> str:
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
