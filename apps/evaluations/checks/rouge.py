from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.overlap import rouge_l, rouge_n
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, could_not_run, judged, skipped

MOST = 100_000  # characters of either text
ROWS = (
    ("rougeL", "the longest common row of words (ROUGE-L)"),
    ("rouge1", "single words (ROUGE-1)"),
    ("rouge2", "pairs of words (ROUGE-2)"),
)
MEASURES = (
    ("f1", "both together (F1)"),
    ("recall", "how much of the expected answer is there (recall)"),
    ("precision", "how much of the answer was expected (precision)"),
)


class Rouge(Kind):
    code = "rouge"
    label = "ROUGE"
    group = "Likeness"
    help = "Words in common with the expected answer; made for summaries."
    uses_expected = True
    fields = (
        Field("rows", "Count", "choice", "rougeL", choices=ROWS),
        Field("measure", "Measure", "choice", "f1", choices=MEASURES),
        Field("at_least", "At least", "number", 0.4, low=0, high=1, required=True, stricter="more"),
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        name = whole["rows"].replace("rouge", "ROUGE-")
        measure = "" if whole["measure"] == "f1" else f" {whole['measure']}"
        return f"{name}{measure} with the expected answer is at least {whole['at_least']:.2f}"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        if not case.expected.strip():
            return skipped(NO_EXPECTED)
        if max(len(answer.text), len(case.expected)) > MOST:
            return could_not_run(f"ROUGE compares up to {MOST:,} characters.")
        rows = settings["rows"]
        if rows == "rougeL":
            found = rouge_l(case.expected, answer.text)
        else:
            found = rouge_n(case.expected, answer.text, int(rows[-1]))
        score = getattr(found, settings["measure"])
        name = rows.replace("rouge", "ROUGE-")
        return judged(score >= settings["at_least"], f"{name} is {score:.2f}.", score)
