from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.overlap import bleu
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, could_not_run, judged, skipped

MOST = 100_000  # characters of either text


class Bleu(Kind):
    code = "bleu"
    label = "BLEU"
    group = "Likeness"
    help = "Rows of words in common with the expected answer; made for translations."
    uses_expected = True
    fields = (
        Field("at_least", "At least", "number", 0.3, low=0, high=1, required=True, stricter="more"),
    )

    def sentence(self, settings: Settings) -> str:
        at_least = self.filled(settings)["at_least"]
        return f"BLEU with the expected answer is at least {at_least:.2f}"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        if not case.expected.strip():
            return skipped(NO_EXPECTED)
        if max(len(answer.text), len(case.expected)) > MOST:
            return could_not_run(f"BLEU compares up to {MOST:,} characters.")
        score = bleu(case.expected, answer.text)
        return judged(score >= settings["at_least"], f"BLEU is {score:.2f}.", score)
