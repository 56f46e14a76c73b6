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
    "You judge an answer by a rubric. Give a whole number from {low} (worst) to {high} (best)."
    " Quote in “evidence” the words of the answer that decided it, exactly as they stand there."
    " Say in “reason” why, in one sentence.\n\nRubric: {rubric}"
)


class JudgeScore(JudgedAlone):
    code = "judge_score"
    label = "Judged by a model: rubric"
    help = "A model gives points by a rubric, and quotes what decided."
    fields = (
        Field("rubric", "The rubric", "text", required=True, help="What is a good answer?"),
        Field("high", "Points from 1 to", "number", 5, low=2, high=10, required=True),
        Field(
            "at_least", "Passes with", "number", 4, low=1, high=10, required=True, stricter="more"
        ),
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

    def task(self, case: CaseValues, settings: Settings) -> str:
        rubric = case.fill(settings["rubric"])
        return TASK.format(low=1, high=int(settings["high"]), rubric=rubric)

    def wanted(self, settings: Settings) -> dict[str, Any]:
        high = int(settings["high"])
        return {"score": {"type": "integer", "minimum": 1, "maximum": high}}

    def verdict(self, said: Said, answer: Answered, settings: Settings) -> Verdict | None:
        points, evidence, high = said.get("score"), judging.evidence_of(said), settings["high"]
        if isinstance(points, bool) or not isinstance(points, int | float):
            return None
        if not 1 <= points <= high:
            return None
        if answer.text.strip() and not judging.is_quote(evidence, answer.text):
            return judging.invented(evidence)
        share = (points - 1) / (high - 1)
        words = f"{points:g} of {high:g}: {judging.reason_of(said)}"
        passes = points >= settings["at_least"]
        return judged(passes, words, share, points=points, evidence=evidence)
