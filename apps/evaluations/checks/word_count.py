from __future__ import annotations

import re

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, judged

UNITS = (("words", "words"), ("characters", "characters"), ("sentences", "sentences"))
_WORD = re.compile(r"\S*\w\S*")
_SENTENCE = re.compile(r"[.!?…。！？]+(?=\s|$)|\n\s*\n")


class WordCount(Kind):
    code = "word_count"
    label = "Length"
    group = "Words"
    help = "How many words, characters or sentences the answer has."
    fields = (
        Field("least", "At least", "number", None, low=0, stricter="more"),
        Field("most", "At most", "number", None, low=0, stricter="less"),
        Field("unit", "Counted in", "choice", "words", choices=UNITS),
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        least, most, unit = whole["least"], whole["most"], whole["unit"]
        if least is not None and most is not None:
            return f"Has {least:g} to {most:g} {unit}"
        if most is not None:
            return f"Has at most {most:g} {unit}"
        return f"Has at least {least or 0:g} {unit}"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        least, most = settings["least"], settings["most"]
        if least is None and most is None:
            return {"most": "Give a number here or at “at least”."}
        if least is not None and most is not None and least > most:
            return {"most": "This is smaller than “at least”."}
        return {}

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        many = length(answer.text, settings["unit"])
        least, most = settings["least"], settings["most"]
        passes = (least is None or many >= least) and (most is None or many <= most)
        return judged(passes, f"It has {many:,} {settings['unit']}.", count=many)


def length(text: str, unit: str) -> int:
    if unit == "characters":
        return len(text.strip())
    if unit == "words":
        return sum(1 for _ in _WORD.finditer(text))
    return sum(1 for part in _SENTENCE.split(text) if part.strip())
