"""What the kinds share in which a model judges one answer by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apps.evaluations.checks import judging
from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.verdict import Verdict

Said = Mapping[str, Any]  # the object of a reply; empty for one that is none


class JudgedAlone(Kind):
    """A kind says what is asked, and what a reply means; all else is the same."""

    group = "Judged"
    needs = frozenset({"model"})

    def task(self, case: CaseValues, settings: Settings) -> str:
        raise NotImplementedError

    def wanted(self, settings: Settings) -> dict[str, Any]:
        """What a reply says beside its quote and its reason, as a schema has it."""
        raise NotImplementedError

    def verdict(self, said: Said, answer: Answered, settings: Settings) -> Verdict | None:
        """None for nonsense."""
        raise NotImplementedError

    def questions(
        self, answer: Answered, case: CaseValues, settings: Settings, other: Answered | None = None
    ) -> list[JudgeQuestion]:
        whole = self.filled(settings)
        if judging.flagged(answer, whole):
            return []
        messages = judging.frame(self.task(case, whole), answer, case)
        return [judging.question(messages, whole["model"], self.wanted(whole))]

    def read(
        self,
        replies: Sequence[str],
        answer: Answered,
        case: CaseValues,
        settings: Settings,
        other: Answered | None = None,
    ) -> Verdict:
        whole = self.filled(settings)
        if found := judging.flagged(answer, whole):
            return found
        reply = replies[0] if replies else ""
        said = judging.reply_object(reply) or {}
        return self.verdict(said, answer, whole) or judging.nonsense(reply)
