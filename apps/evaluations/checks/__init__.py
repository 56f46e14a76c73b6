"""The kinds of checks. Pure: no rows, no network. Who asks a model or a person does it outside."""

from collections.abc import Mapping
from typing import Any

from apps.evaluations.checks.answered import Answered, CaseValues
from apps.evaluations.checks.bleu import Bleu
from apps.evaluations.checks.contains import Contains
from apps.evaluations.checks.equals import Equals
from apps.evaluations.checks.json_field import JsonField
from apps.evaluations.checks.json_schema import JsonSchema
from apps.evaluations.checks.json_valid import JsonValid
from apps.evaluations.checks.judge_pair import JudgePair
from apps.evaluations.checks.judge_question import JudgeYesNo
from apps.evaluations.checks.judge_score import JudgeScore
from apps.evaluations.checks.judging import JUDGE_VERSION
from apps.evaluations.checks.kind import Kind
from apps.evaluations.checks.label import NamesLabel
from apps.evaluations.checks.language import Language
from apps.evaluations.checks.limits import Cost, Latency, Tokens
from apps.evaluations.checks.meaning import Meaning
from apps.evaluations.checks.number_within import NumberWithin
from apps.evaluations.checks.pattern import Pattern
from apps.evaluations.checks.person import (
    ByPerson,
    Option,
    PersonChoice,
    PersonScale,
    PersonThumbs,
)
from apps.evaluations.checks.personal_data import NoPersonalData
from apps.evaluations.checks.question import JudgeQuestion
from apps.evaluations.checks.refusal import Refusal
from apps.evaluations.checks.rouge import Rouge
from apps.evaluations.checks.settings_field import Field
from apps.evaluations.checks.starts_with import StartsWith
from apps.evaluations.checks.verdict import Verdict, could_not_run, verdict_from
from apps.evaluations.checks.weighing import CaseVerdict, weigh
from apps.evaluations.checks.word_count import WordCount
from apps.evaluations.checks.wording import Wording

_ALL: tuple[Kind, ...] = (
    Equals(), Contains(), StartsWith(), Pattern(), NamesLabel(), WordCount(), Language(),
    JsonValid(), JsonSchema(), JsonField(), NumberWithin(),
    Wording(), Rouge(), Bleu(), Meaning(),
    JudgeYesNo(), JudgeScore(), JudgePair(),
    PersonThumbs(), PersonScale(), PersonChoice(),
    NoPersonalData(), Refusal(),
    Latency(), Cost(), Tokens(),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.code: kind for kind in _ALL}


def check_words(code: str, settings: Mapping[str, Any]) -> str:
    """What a check asks, as a sentence; its code where this Galley knows no such kind."""
    kind = KINDS.get(code)
    return kind.sentence(settings) if kind else code


__all__ = [
    "JUDGE_VERSION",
    "KINDS",
    "Answered",
    "ByPerson",
    "CaseValues",
    "CaseVerdict",
    "Field",
    "JudgeQuestion",
    "Kind",
    "Option",
    "Verdict",
    "check_words",
    "could_not_run",
    "verdict_from",
    "weigh",
]
