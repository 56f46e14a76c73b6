from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.json_text import NoJson, read_json
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, judged

FENCED = Field("fenced", "It may stand in a code fence (```)", "yes_no", True)


class JsonValid(Kind):
    code = "json_valid"
    label = "Valid JSON"
    group = "JSON"
    help = "The whole answer is JSON."
    fields = (FENCED,)

    def sentence(self, settings: Settings) -> str:
        return "Is valid JSON"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        try:
            read_json(answer.text, fenced=settings["fenced"])
        except NoJson as error:
            return judged(False, str(error))
        return judged(True, "The answer is valid JSON.")
