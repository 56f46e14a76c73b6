from __future__ import annotations

from typing import Any

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.json_text import NoJson, at, read_json
from apps.evaluations.checks.json_valid import FENCED
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.numbers import read_number
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, judged, skipped
from apps.evaluations.checks.words import quoted

_WORDS = {"true": True, "yes": True, "false": False, "no": False}


class JsonField(Kind):
    code = "json_field"
    label = "A JSON field equals"
    group = "JSON"
    help = "One field of the JSON answer has this value."
    uses_expected = True
    fields = (
        Field("path", "The field", required=True, help="Such as category or refund.items[0].name."),
        Field("value", "Its value", help="Leave it empty to take each case's expected answer."),
        FENCED,
    )

    def needs_expected(self, settings: Settings) -> bool:
        return not str(self.filled(settings)["value"]).strip()

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        value = quoted(whole["value"]) if whole["value"] else "the expected answer"
        return f"The JSON field {quoted(whole['path'])} equals {value}"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        wanted = (case.fill(settings["value"]) or case.expected).strip()
        if not wanted:
            return skipped(NO_EXPECTED)
        try:
            document = read_json(answer.text, fenced=settings["fenced"])
        except NoJson as error:
            return judged(False, str(error))
        found, value = at(document, settings["path"])
        if not found:
            return judged(False, f"The answer has no field {quoted(settings['path'])}.")
        said = f"Its value is {quoted(str(value))}"
        same = _same(value, wanted)
        return judged(same, f"{said}." if same else f"{said}, not {quoted(wanted)}.")


def _same(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return _WORDS.get(wanted.casefold()) is value
    if isinstance(value, int | float):
        number = read_number(wanted)
        return number is not None and number == value
    if value is None:
        return wanted.casefold() in ("null", "none")
    return str(value).strip().casefold() == wanted.casefold()
