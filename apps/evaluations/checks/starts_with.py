from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, judged, skipped
from apps.evaluations.checks.words import quoted


class StartsWith(Kind):
    code = "starts_with"
    label = "Starts with"
    group = "Words"
    help = "The first words of the answer."
    uses_expected = True
    fields = (
        Field(
            "text", "These words",
            help="Leave it empty to take each case's expected answer. {{variables}} are filled in.",
        ),
        Field("ignore_case", "Capital and small letters are the same", "yes_no", True),
    )  # fmt: skip

    def needs_expected(self, settings: Settings) -> bool:
        return not str(self.filled(settings)["text"]).strip()

    def sentence(self, settings: Settings) -> str:
        text = self.filled(settings)["text"]
        return f"Starts with {quoted(text)}" if text else "Starts with the expected answer"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        wanted = " ".join((case.fill(settings["text"]) or case.expected).split())
        if not wanted:
            return skipped(NO_EXPECTED)
        fold = str.casefold if settings["ignore_case"] else str
        text = " ".join(answer.text.split())
        passes = fold(text).startswith(fold(wanted))
        return judged(passes, f"Starts with {quoted(text[: len(wanted) + 20])}.")
