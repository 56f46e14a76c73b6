"""What every kind of check has: a sentence, a form, and a way to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run

Settings = Mapping[str, Any]
MAX_ANSWER = 1_000_000  # characters that a check reads


class Kind:
    """`needs` names what judging takes beside the answer: "model", "embedding" or "person".

    Who needs a model asks `questions`, and lets `read` make a verdict of the replies.
    """

    code: ClassVar[str]
    label: ClassVar[str]
    group: ClassVar[str]
    help: ClassVar[str] = ""
    fields: ClassVar[tuple[Field, ...]] = ()
    needs: ClassVar[frozenset[str]] = frozenset()
    uses_expected: ClassVar[bool] = False

    def needs_expected(self, settings: Settings) -> bool:
        """Whether it says nothing of an answer to which no expected one is known."""
        return self.uses_expected

    def sentence(self, settings: Settings) -> str:
        """The check in words, as a rule that an answer keeps."""
        raise NotImplementedError

    def defaults(self) -> dict[str, Any]:
        return {field.name: field.default for field in self.fields}

    def filled(self, settings: Settings) -> dict[str, Any]:
        """With the defaults of what is not given."""
        known = self.defaults()
        return known | {name: value for name, value in settings.items() if name in known}

    def validate(self, settings: Settings) -> dict[str, str]:
        """Field → sentence for what cannot be; empty for settings that can."""
        names = {field.name for field in self.fields}
        errors = {name: "This kind has no such setting." for name in settings if name not in names}
        whole = self.filled(settings)
        for field in self.fields:
            if sentence := field.problem(whole[field.name]):
                errors[field.name] = sentence
        return errors or self.conflicts(whole)

    def conflicts(self, settings: Settings) -> dict[str, str]:
        """What the settings cannot be together; each fits by itself."""
        return {}

    def judge(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        """Never raises. A kind that needs a model or a person could not run by itself."""
        if len(answer.text) > MAX_ANSWER:
            words = f"The answer has {len(answer.text):,} characters; checks read {MAX_ANSWER:,}."
            return could_not_run(f"{words} Ask the model for a shorter one.")
        return self.look(answer, case, self.filled(settings))

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        return could_not_run(f"{self.label}: nobody has judged this answer yet.")

    def questions(
        self,
        answer: Answered,
        case: CaseValues,
        settings: Settings,
        other: Answered | None = None,
    ) -> list[JudgeQuestion]:
        """What to ask a model; `other` is the answer to compare with (what is live)."""
        return []

    def read(
        self,
        replies: Sequence[str],
        answer: Answered,
        case: CaseValues,
        settings: Settings,
        other: Answered | None = None,
    ) -> Verdict:
        """The verdict of the replies, in the order of `questions`; nonsense: could not run."""
        raise NotImplementedError
