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
    "You judge an answer by a rubric. Give a whole number from {low} (worst) to {high} (best)."
    " Quote in “evidence” the words of the answer that decided it, exactly as they stand there."
    " Say in “reason” why, in one sentence.\n\nRubric: {rubric}"
)


class JudgeScore(Kind):
    code = "judge_score"
    label = "Judged by a model: rubric"
    group = "Judged"
    help = "A model gives points by a rubric, and quotes what decided."
    needs = frozenset({"model"})
    fields = (
        Field("rubric", "The rubric", "text", required=True, help="What is a good answer?"),
        Field("high", "Points from 1 to", "number", 5, low=2, high=10, required=True),
        Field("at_least", "Passes with", "number", 4, low=1, high=10, required=True),
        judging.MODEL,
        judging.TALK,
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        points = f"at least {whole['at_least']:g} of {whole['high']:g}"
        return f"Judged by a model: {quoted(whole['rubric'])}, {points}"

    def conflicts(self, settings: Settings) -> dict[str, str]:
        if settings["at_least"] > settings["high"]:
            return {"at_least": "This is more than the most points."}
        return {}

    def questions(
        self, answer: Answered, case: CaseValues, settings: Settings, other: Answered | None = None
    ) -> list[JudgeQuestion]:
        whole = self.filled(settings)
        if judging.flagged(answer, whole):
            return []
        high = int(whole["high"])
        task = TASK.format(low=1, high=high, rubric=case.fill(whole["rubric"]))
        schema = {
            "type": "object",
            "properties": {
                "evidence": {"type": "string"},
                "reason": {"type": "string"},
                "score": {"type": "integer", "minimum": 1, "maximum": high},
            },
            "required": ["evidence", "reason", "score"],
            "additionalProperties": False,
        }
        messages = judging.frame(task, answer, case)
        return [JudgeQuestion(messages, whole["model"], schema, {"temperature": 0})]

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
        points, evidence = said.get("score"), str(said.get("evidence") or "")
        if isinstance(points, bool) or not isinstance(points, int | float):
            return judging.nonsense(reply)
        if not 1 <= points <= whole["high"]:
            return judging.nonsense(reply)
        if answer.text.strip() and not judging.is_quote(evidence, answer.text):
            return judging.invented(evidence)
        share = (points - 1) / (whole["high"] - 1)
        reason = str(said.get("reason") or "").strip()[:500] or "The judge gave no reason."
        words = f"{points:g} of {whole['high']:g}: {reason}"
        return judged(points >= whole["at_least"], words, share, points=points, evidence=evidence)
