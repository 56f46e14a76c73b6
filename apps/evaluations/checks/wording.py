from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, could_not_run, judged, skipped

MOST = 50_000  # characters of either text


class Wording(Kind):
    code = "wording"
    label = "Similar wording"
    group = "Likeness"
    help = "Letters in common with the expected answer: 1 is the same, 0 has nothing in common."
    uses_expected = True
    fields = (
        Field("at_least", "At least", "number", 0.8, low=0, high=1, required=True, stricter="more"),
    )

    def sentence(self, settings: Settings) -> str:
        at_least = self.filled(settings)["at_least"]
        return f"Wording like the expected answer, at least {at_least:.2f}"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        from rapidfuzz import fuzz

        if not case.expected.strip():
            return skipped(NO_EXPECTED)
        given, wanted = (" ".join(text.split()) for text in (answer.text, case.expected))
        if max(len(given), len(wanted)) > MOST:
            return could_not_run(f"Wordings are compared up to {MOST:,} characters.")
        score = fuzz.ratio(given, wanted) / 100
        return judged(score >= settings["at_least"], f"The likeness is {score:.2f}.", score)
