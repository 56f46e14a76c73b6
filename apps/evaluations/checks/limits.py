"""What an answer may take: time, money and tokens."""

from __future__ import annotations

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import Verdict, could_not_run, judged
from apps.evaluations.checks.words import number

WHICH = (("output", "of the answer"), ("input", "of the question"), ("all", "of both together"))


class Latency(Kind):
    code = "latency"
    label = "Time"
    group = "Limits"
    help = "How long the model took."
    fields = (
        Field("seconds", "At most seconds", "number", 5, low=0.001, required=True, stricter="less"),
    )

    def sentence(self, settings: Settings) -> str:
        return f"Answers within {number(self.filled(settings)['seconds'])} s"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        if answer.latency_ms is None:
            return could_not_run("How long the answer took was not measured.")
        seconds = answer.latency_ms / 1000
        return judged(seconds <= settings["seconds"], f"It took {seconds:.2f} s.")


class Cost(Kind):
    code = "cost"
    label = "Cost"
    group = "Limits"
    help = "What one answer costs."
    fields = (
        Field(
            "dollars", "At most US dollars", "number", 0.01, low=0, required=True, stricter="less"
        ),
    )

    def sentence(self, settings: Settings) -> str:
        return f"Costs at most ${self.filled(settings)['dollars']:.6g} an answer"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        if answer.cost is None:
            return could_not_run("The price of this model is not known. An admin can set it.")
        cost = float(answer.cost)
        return judged(cost <= settings["dollars"], f"It cost ${cost:.6f}.")


class Tokens(Kind):
    code = "tokens"
    label = "Tokens"
    group = "Limits"
    help = "How many tokens the answer, the question or both have."
    fields = (
        Field("most", "At most tokens", "number", 500, low=1, required=True, stricter="less"),
        Field("which", "Those", "choice", "output", choices=WHICH),
    )

    def sentence(self, settings: Settings) -> str:
        whole = self.filled(settings)
        return f"At most {whole['most']:,.0f} tokens {dict(WHICH)[whole['which']]}"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        counted = {"output": [answer.output_tokens], "input": [answer.input_tokens]}
        parts = counted.get(settings["which"], [answer.input_tokens, answer.output_tokens])
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return could_not_run("The provider did not say how many tokens there were.")
        return judged(sum(known) <= settings["most"], f"It has {sum(known):,} tokens.")
