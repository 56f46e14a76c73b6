from __future__ import annotations

from functools import lru_cache
from typing import Any

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, judged
from apps.evaluations.checks.words import quoted

LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
SAME = "same"
CHOICES = ((SAME, "the language of a variable"), *LANGUAGES.items())
SURE = 0.8
LETTERS = 12
MOST = 4000  # characters that are looked at
_ALIKE = {"nn": "no"}


class Language(Kind):
    code = "language"
    label = "Language"
    group = "Words"
    help = "The answer is written in a language, or in that of the customer's message."
    fields = (
        Field("language", "The answer is in", "choice", SAME, choices=CHOICES),
        Field("variable", "The variable", help="Whose language it is, where it is that of one."),
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        if whole["language"] == SAME:
            return f"Answers in the language of {{{{{whole['variable'] or '…'}}}}}"
        return f"Answers in {LANGUAGES[whole['language']]}"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        if settings["language"] == SAME and not settings["variable"].strip():
            return {"variable": "Name the variable, or choose a language."}
        return {}

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        wanted = settings["language"]
        if wanted == SAME:
            source = str(case.values.get(settings["variable"], ""))
            wanted = language_of(source)
            if not wanted:
                return could_not_run(f"The language of {quoted(source)} cannot be told.")
        found = language_of(answer.text)
        if not found:
            return could_not_run("The answer is too short or too mixed to tell its language.")
        name = LANGUAGES.get(found, found)
        return judged(found == wanted, f"The answer is in {name}.", language=found)


def language_of(text: str) -> str:
    """The code of the language; "" where it cannot be told."""
    part = text[:MOST]
    if sum(map(str.isalpha, part)) < LETTERS and part.isascii():
        return ""
    code, sure = _identifier().classify(part)
    return _ALIKE.get(code, code) if sure >= SURE else ""


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_modelpath(MODEL_DIR / MODEL_FILE, norm_probs=True)
    found.set_languages([*LANGUAGES, *_ALIKE])
    return found
