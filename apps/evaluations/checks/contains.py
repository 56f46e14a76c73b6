from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, judged, skipped
from apps.evaluations.checks.words import listed

HOW = (("all", "all of these"), ("any", "any one of these"), ("none", "none of these"))


class Contains(Kind):
    code = "contains"
    label = "Contains"
    group = "Words"
    help = "The answer holds all, any one or none of these words."
    uses_expected = True
    fields = (
        Field("how", "The answer contains", "choice", "all", choices=HOW),
        Field(
            "texts", "One in each line", "lines", [],
            help="Leave it empty to take each case's expected answer. {{variables}} are filled in.",
        ),
        Field("ignore_case", "Capital and small letters are the same", "yes_no", True),
    )  # fmt: skip

    def needs_expected(self, settings: Settings) -> bool:
        return not _wanted(self.filled(settings)["texts"])

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        texts = _wanted(whole["texts"])
        if not texts:
            negated = "Does not contain" if whole["how"] == "none" else "Contains"
            return f"{negated} the expected answer"
        if whole["how"] == "none":
            return f"Does not contain {listed(texts, 'or')}"
        return f"Contains {listed(texts, 'or' if whole['how'] == 'any' else 'and')}"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        wanted = _wanted([case.fill(text) for text in settings["texts"]] or [case.expected])
        if not wanted:
            return skipped(NO_EXPECTED)
        fold = str.casefold if settings["ignore_case"] else str
        text = " ".join(fold(answer.text).split())
        found = [one for one in wanted if " ".join(fold(one).split()) in text]
        missing = [one for one in wanted if one not in found]
        if settings["how"] == "none":
            return judged(not found, f"Holds {listed(found, 'and')}." if found else "Holds none.")
        if settings["how"] == "any":
            held = f"Holds {listed(found, 'and')}." if found else f"Lacks {listed(wanted, 'and')}."
            return judged(bool(found), held)
        share = len(found) / len(wanted)
        return judged(
            not missing, f"Lacks {listed(missing, 'and')}." if missing else "Holds all.", share
        )


def _wanted(texts: list[str]) -> list[str]:
    return [text for text in texts if text.strip()]
