from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.patterns import PatternError, compiled, search
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, judged
from apps.evaluations.checks.words import quoted

HOW = (
    ("found", "is somewhere in the answer"),
    ("whole", "fits the whole answer"),
    ("absent", "is nowhere in the answer"),
)
SENTENCES = {"found": "Matches {}", "whole": "Matches {} as a whole", "absent": "Never matches {}"}


class Pattern(Kind):
    code = "pattern"
    label = "Pattern"
    group = "Words"
    help = "A regular expression (RE2), such as [A-Z]{2}-\\d+."
    fields = (
        Field("pattern", "The pattern", required=True),
        Field("how", "It", "choice", "found", choices=HOW),
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        return SENTENCES[whole["how"]].format(f"the pattern {quoted(whole['pattern'])}")

    def conflicts(self, settings: Settings) -> dict[str, str]:
        try:
            compiled(settings["pattern"])
        except PatternError as error:
            return {"pattern": str(error)}
        return {}

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        how = settings["how"]
        try:
            found = search(settings["pattern"], answer.text, whole=how == "whole")
        except PatternError as error:
            return could_not_run(str(error))
        if how == "absent":
            return judged(not found, f"Found {quoted(found[0])}." if found else "Not found.")
        if found:
            return judged(True, f"Found {quoted(found[0])}.")
        part = "The whole answer does not fit it." if how == "whole" else "Nothing fits it."
        return judged(False, part)
