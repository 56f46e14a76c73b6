from __future__ import annotations

import hashlib
from collections.abc import Sequence

from apps.evaluations.checks import judging
from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, judged, skipped
from apps.evaluations.checks.words import quoted

TASK = (
    "You compare two answers to the same request, called First and Second. Say which is better by"
    " the criterion, or “same”. Quote in “evidence” the words that decided it, exactly as they"
    " stand there, and say in “reason” why, in one sentence.\n\nCriterion: {criterion}"
)
WANTED = {"better": {"type": "string", "enum": ["first", "second", "same"]}}
PASSES = (("same", "it is better or the same"), ("better", "it is better"))
SCORES = {"better": 1.0, "same": 0.5, "worse": 0.0}


class JudgePair(Kind):
    """Blind: the judge is not told which answer is the new one. Which stands first is drawn by
    lot from the case and the seed, so that it is the same each time and even over many cases."""

    code = "judge_pair"
    label = "Judged by a model: which is better"
    group = "Judged"
    help = "A model compares the answer with that of the live version, not knowing which is which."
    needs = frozenset({"model"})
    uses_expected = True
    fields = (
        Field("criterion", "Better means", "text", required=True),
        Field("passes", "The new answer passes if", "choice", "same", choices=PASSES),
        Field("seed", "Seed of the order", "number", 1, low=0, high=1_000_000),
        judging.MODEL,
        judging.TALK,
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        worse = "Not worse" if whole["passes"] == "same" else "Better"
        return f"{worse} than the live answer, judged blind: {quoted(whole['criterion'])}"

    def questions(
        self, answer: Answered, case: CaseValues, settings: Settings, other: Answered | None = None
    ) -> list[JudgeQuestion]:
        whole = self.filled(settings)
        rival = _rival(case, other)
        if not rival or _blocked(answer, rival, whole) or rival == answer.text:
            return []
        task = TASK.format(criterion=case.fill(whole["criterion"]))
        first, second = answer.text, rival
        if not is_first(case, whole["seed"]):
            first, second = second, first
        both = Answered(f"First:\n{first}\n\nSecond:\n{second}")
        alone = CaseValues(case.values, "", case.tags)
        messages = judging.frame(task, both, alone)
        return [judging.question(messages, whole["model"], WANTED)]

    def read(
        self,
        replies: Sequence[str],
        answer: Answered,
        case: CaseValues,
        settings: Settings,
        other: Answered | None = None,
    ) -> Verdict:
        whole = self.filled(settings)
        rival = _rival(case, other)
        if not rival:
            return skipped("There is no live answer and no expected one to compare with.")
        if found := _blocked(answer, rival, whole):
            return found
        if rival == answer.text:
            return _decided("same", "Both answers are the same, word for word.", whole)
        reply = replies[0] if replies else ""
        said = judging.reply_object(reply) or {}
        choice = str(said.get("better", "")).strip(" .").casefold()
        if choice not in ("first", "second", "same"):
            return judging.nonsense(reply)
        evidence = judging.evidence_of(said)
        if choice != "same" and not judging.is_quote(evidence, f"{answer.text}\n{rival}"):
            return judging.invented(evidence)
        mine = "first" if is_first(case, whole["seed"]) else "second"
        standing = "same" if choice == "same" else "better" if choice == mine else "worse"
        return _decided(standing, judging.reason_of(said), whole)


def _decided(standing: str, reason: str, settings: Settings) -> Verdict:
    passes = standing == "better" or (standing == "same" and settings["passes"] == "same")
    words = {"better": "Better", "same": "The same", "worse": "Worse"}[standing]
    return judged(passes, f"{words}: {reason}", SCORES[standing], standing=standing)


def _rival(case: CaseValues, other: Answered | None) -> str:
    return other.text if other is not None else case.expected


def _blocked(answer: Answered, rival: str, settings: Settings) -> Verdict | None:
    return judging.flagged(answer, settings) or judging.flagged(Answered(rival), settings)


def is_first(case: CaseValues, seed: float) -> bool:
    """Whether the new answer stands first: by lot, the same for the same case and seed."""
    facts = repr((sorted((name, str(value)) for name, value in case.values.items()), int(seed)))
    return hashlib.sha256(facts.encode("utf-8", "replace")).digest()[0] % 2 == 0
