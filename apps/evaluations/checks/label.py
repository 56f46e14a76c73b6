from __future__ import annotations

import re
from collections.abc import Sequence

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.kind import Kind, Settings
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.verdict import NO_EXPECTED, Verdict, judged, skipped
from apps.evaluations.checks.words import quoted

OTHER = ""  # what was answered was none of the labels
_EDGE = " \t\n\r.,;:!?\"'`“”‘’*_()[]<>"
_BEFORE = re.compile(r"^(?:the )?(?:label|category|class|intent|answer)(?: is)?\s*[:=]?\s+", re.I)


class NamesLabel(Kind):
    code = "label"
    label = "Label"
    group = "Words"
    help = "The answer names the label that the case expects. Runs count them label by label."
    uses_expected = True
    fields = (
        Field(
            "labels", "All labels, one in each line", "lines", [],
            help="Leave it empty to compare with the expected label alone.",
        ),
        Field("only", "The answer is the label and nothing else", "yes_no", False),
    )  # fmt: skip

    def sentence(self, settings: Settings) -> str:
        labels = self.filled(settings)["labels"]
        return f"Gives the expected one of {len(labels)} labels" if labels else "Gives the label"

    def look(self, answer: Answered, case: CaseValues, settings: Settings) -> Verdict:
        expected = case.expected.strip()
        if not expected:
            return skipped(NO_EXPECTED)
        labels = [label for label in settings["labels"] if label.strip()] or [expected]
        answered = named_label(answer.text, labels, only=settings["only"])
        right = plain(answered) == plain(expected) and answered != OTHER
        said = answered or plain(answer.text)[:80]
        facts = {"expected": expected, "answered": expected if right else said}
        if right:
            return judged(True, f"The label is {quoted(expected)}.", 1.0, **facts)
        given = quoted(answered) if answered else f"none of the labels: {quoted(answer.text)}"
        return judged(False, f"Expected {quoted(expected)}, got {given}.", 0.0, **facts)


def named_label(text: str, labels: Sequence[str], *, only: bool) -> str:
    """The one label that an answer names; OTHER for none, or for more than one."""
    known = {plain(label): label.strip() for label in labels}
    whole = plain(text)
    for said in (whole, plain(_BEFORE.sub("", whole))):
        if said in known:
            return known[said]
    if only:
        return OTHER
    words = f" {_spaced(whole)} "
    found = {label for label in known if f" {_spaced(label)} " in words}
    longest = {one for one in found if not any(one != other and one in other for other in found)}
    return known[longest.pop()] if len(longest) == 1 else OTHER


def plain(text: str) -> str:
    return " ".join(text.strip(_EDGE).casefold().split())


def _spaced(text: str) -> str:
    return " ".join(re.findall(r"[\w&/-]+", text))
