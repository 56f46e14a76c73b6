from __future__ import annotations

from collections.abc import Sequence

from apps.evaluations.checks import judging
from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, judged
from apps.evaluations.checks.words import quoted

TASK = (
    "You answer a question about an answer with yes or no. For yes, quote in “evidence” the words"
    " of the answer that show it, exactly as they stand there; for no, leave “evidence” empty. Say"
    " in “reason” why, in one sentence.\n\nQuestion: {question}"
)
GOOD = (("yes", "the reply is yes"), ("no", "the reply is no"))
SCHEMA = {
    "type": "object",
    "properties": {
        "evidence": {"type": "string"},
        "reason": {"type": "string"},
        "reply": {"type": "string", "enum": ["yes", "no"]},
    },
    "required": ["evidence", "reason", "reply"],
    "additionalProperties": False,
}


class JudgeYesNo(Kind):
    code = "judge_question"
    label = "Judged by a model: yes or no"
    group = "Judged"
    help = "A model answers one question about the answer. A yes must quote it."
    needs = frozenset({"model"})
    fields = (
        Field("question", "The question", "text", required=True, help="Does the answer …?"),
        Field("good", "It passes if", "choice", "yes", choices=GOOD),
        judging.MODEL,
        judging.TALK,
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        return f"Judged by a model: {quoted(whole['question'], 120)} Must be {whole['good']}"

    def questions(
        self, answer: Answered, case: CaseValues, settings: Settings, other: Answered | None = None
    ) -> list[JudgeQuestion]:
        whole = self.filled(settings)
        if judging.flagged(answer, whole):
            return []
        task = TASK.format(question=case.fill(whole["question"]))
        messages = judging.frame(task, answer, case)
        return [JudgeQuestion(messages, whole["model"], SCHEMA, {"temperature": 0})]

    def read(
        self,
        replies: Sequence[str],
        answer: Answered,
        case: CaseValues,
        settings: Settings,
        other: Answered | None = None,
    ) -> Verdict:
        whole = self.filled(settings)
        if found := judging.flagged(answer, whole):
            return found
        reply = replies[0] if replies else ""
        said = judging.reply_object(reply) or {}
        choice = str(said.get("reply", "")).strip(" .").casefold()
        evidence = str(said.get("evidence") or "")
        if choice not in ("yes", "no"):
            return judging.nonsense(reply)
        if choice == "yes" and not judging.is_quote(evidence, answer.text):
            return judging.invented(evidence)
        reason = str(said.get("reason") or "").strip()[:500] or "The judge gave no reason."
        words = f"{choice.capitalize()}: {reason}"
        return judged(choice == whole["good"], words, reply=choice, evidence=evidence)
