from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, judged, skipped
from apps.evaluations.checks.words import quoted


class Equals(Kind):
    code = "equals"
    label = "Equals"
    group = "Words"
    help = "The whole answer is this text."
    uses_expected = True
    fields = (
        Field("text", "This text", "text", help="Leave it empty to take each case's expected one."),
        Field("ignore_case", "Capital and small letters are the same", "yes_no", True),
        Field("ignore_spaces", "Spaces and line ends do not matter", "yes_no", True),
    )

    def needs_expected(self, settings: Settings) -> bool:
        return not str(self.filled(settings)["text"]).strip()

    def sentence(self, settings: Settings) -> str:
        text = self.filled(settings)["text"]
        return f"Equals {quoted(text)}" if text else "Equals the expected answer"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        wanted = case.fill(settings["text"]) or case.expected
        if not wanted:
            return skipped(NO_EXPECTED)
        if _plain(answer.text, settings) == _plain(wanted, settings):
            return judged(True, "The answer is what was expected.")
        return judged(False, f"Expected {quoted(wanted)}, not {quoted(answer.text)}.")


def _plain(text: str, settings: Settings) -> str:
    if settings["ignore_spaces"]:
        text = " ".join(text.split())
    return text.casefold() if settings["ignore_case"] else text
