from __future__ import annotations

from typing import Any

from apps.evaluations.checks import judging
from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.judge_alone import JudgedAlone, Said
from apps.evaluations.checks.kind import Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, judged
from apps.evaluations.checks.words import quoted

TASK = (
    "You answer a question about an answer with yes or no. For yes, quote in “evidence” the words"
    " of the answer that show it, exactly as they stand there; for no, leave “evidence” empty. Say"
    " in “reason” why, in one sentence.\n\nQuestion: {question}"
)
GOOD = (("yes", "the reply is yes"), ("no", "the reply is no"))
WANTED = {"reply": {"type": "string", "enum": ["yes", "no"]}}


class JudgeYesNo(JudgedAlone):
    code = "judge_question"
    label = "Judged by a model: yes or no"
    help = "A model answers one question about the answer. A yes must quote it."
    fields = (
        Field("question", "The question", "text", required=True, help="Does the answer …?"),
        Field("good", "It passes if", "choice", "yes", choices=GOOD),
        judging.MODEL,
        judging.TALK,
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        return f"Judged by a model: {quoted(whole['question'], 120)} Must be {whole['good']}"

    def task(self, case: CaseValues, settings: Settings) -> str:
        return TASK.format(question=case.fill(settings["question"]))

    def wanted(self, settings: Settings) -> dict[str, Any]:
        return WANTED

    def verdict(self, said: Said, answer: Answered, settings: Settings) -> Verdict | None:
        choice = str(said.get("reply", "")).strip(" .").casefold()
        evidence = judging.evidence_of(said)
        if choice not in ("yes", "no"):
            return None
        if choice == "yes" and not judging.is_quote(evidence, answer.text):
            return judging.invented(evidence)
        words = f"{choice.capitalize()}: {judging.reason_of(said)}"
        return judged(choice == settings["good"], words, reply=choice, evidence=evidence)
