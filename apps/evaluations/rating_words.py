"""What a page says and offers where somebody rates: options with their keys, and the case."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from apps.evaluations.asked import CannotAsk, compiled_for, question_for
from apps.evaluations.models import RatingRequest, RatingTask, Result, Run
from apps.evaluations.queries.grids import columns_of
from apps.evaluations.queries.runs import run_content
from apps.evaluations.states import Preference
from apps.evaluations.yardsticks import Question, SideBySide, yardstick

SIGNER = Signer(salt="evaluations.rating.shown")


@dataclass(frozen=True)
class Offered:
    """One rating as a button: `key` is the key that chooses it."""

    code: str
    label: str
    key: str


def question_of(request: RatingRequest, task: RatingTask | None) -> Question:
    document = request.run.suite_version.document
    if not request.compares:
        found = yardstick(document, str(request.check_key) if request.check_key else None)
        assert found is not None  # the suite version never changes
        return found
    if task is None or task.other is None:
        return SideBySide("", "")
    return SideBySide(label_of(request.run, task.result), label_of(request.run, task.other))


def label_of(run: Run, row: Result) -> str:
    labels = {(one.run_id, one.model): one.label for one in columns_of(run)}
    return labels.get((row.run_id, row.model), row.model)


def offered(question: Question) -> list[Offered]:
    if isinstance(question, SideBySide):
        words = {"left": _("Left"), "right": _("Right"), "same": _("Same"),
                 "both_bad": _("Both bad")}  # fmt: skip
        return [Offered(code, label, str(n)) for n, (code, label) in enumerate(words.items(), 1)]
    return [Offered(one.code, one.label, one.code[-1]) for one in question.options]


def value_in(question: Question, task: RatingTask, code: str) -> Any:
    """The rating that a form's code stands for; None where there is none such."""
    if not isinstance(question, SideBySide):
        return question.value_of(code)
    own, other = Preference.FIRST, Preference.SECOND
    left, right = (other, own) if task.swapped else (own, other)
    same = (Preference.SAME, Preference.BOTH_BAD)
    sides = {"left": left, "right": right, **{str(one): one for one in same}}
    return sides.get(code)


def shown_now() -> str:
    """Signed, so that a form can say since when its answer has been looked at."""
    return SIGNER.sign(str(int(time.time())))


def seconds_since(shown: str) -> int | None:
    try:
        return max(0, int(time.time()) - int(SIGNER.unsign(shown)))
    except (BadSignature, ValueError):
        return None


def messages_of(run: Run, case: Mapping[str, Any], model: str) -> list[dict[str, Any]]:
    """What the model was asked, in full; nothing where it does not fit any more."""
    content = run_content(run)
    try:
        compiled = compiled_for(content, model)
        asked = question_for(content, compiled, case["values"], model, model)
    except CannotAsk:
        return []
    return list(asked.messages)
