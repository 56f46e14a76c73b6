"""What makes an answer one that may be judged: it says something, and the asked model said it."""

from __future__ import annotations

import re

from apps.llm.questions import Answer, Question
from apps.llm.unanswered import Unanswered

# What a provider may add to a model's name: a date, a number of a build, "latest".
_ADDED = re.compile(r"(?:[-@:.](?:\d{2,8}|latest|preview|exp|v\d+|\d{4}-\d\d-\d\d))*")


def checked(answer: Answer, question: Question) -> Answer:
    """The answer; Unanswered when it is empty or comes from another model."""
    if not same_model(question.remote_name, answer.model_said):
        words = f"asked {question.remote_name}, answered {answer.model_said[:100]}"
        raise Unanswered("wrong_model", words)
    if not answer.text.strip() and not answer.tool_calls:
        code = "filtered" if answer.finish == "content_filter" else "empty"
        raise Unanswered(code, f"finish: {answer.finish}")
    return answer


def same_model(asked: str, said: str) -> bool:
    """Whether the name that came back is the one asked for, or a dated form of it."""
    a, b = (_bare(name) for name in (asked, said))
    if not b or a == b:
        return True
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer.startswith(shorter) and bool(_ADDED.fullmatch(longer[len(shorter) :]))


def _bare(name: str) -> str:
    last = name.strip().lower().rpartition("/")[2]
    return last.removesuffix("-latest").removesuffix(":latest")
