"""What of a call's words may be kept, by the rule of its namespace: usually nothing."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from apps.prompts.personal import personal_data

LONGEST = 20_000  # characters of an output, of a comment, and of all variables together
LONGEST_ERROR = 500
MASKS = {
    "an e-mail address": "[e-mail address]",
    "a telephone number": "[telephone number]",
    "an account number": "[account number]",
    "a card number": "[card number]",
}
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL takes neither


@dataclass(frozen=True)
class Keeping:
    """A keeping rule as the intake reads it."""

    keep_values: bool = False
    mask: bool = True
    sample_share: int = 100

    def keeps(self, ident: str) -> bool:
        """Whether this call is in the share: the same answer whenever it is sent."""
        if not self.keep_values:
            return False
        digest = hashlib.blake2b(ident.encode(), digest_size=4).digest()
        return int.from_bytes(digest, "big") * 100 < self.sample_share * 2**32


NOTHING = Keeping()


@dataclass(frozen=True)
class Words:
    error: str = ""
    variables: dict[str, Any] | None = None
    output: str | None = None


NO_WORDS = Words()


def has_words(event: Any) -> bool:
    """Whether there is anything to keep: names of variables alone are no words."""
    variables = event.get("variables")
    if variables and any(value is not None for value in variables.values()):
        return True
    return event.get("output") is not None or event.get("error") is not None


def words_of(event: Any, rule: Keeping) -> Words:
    """The words of a call that stay."""
    if not rule.keep_values or not has_words(event) or not rule.keeps(event["id"]):
        return NO_WORDS
    variables, output = event.get("variables"), event.get("output")
    error = kept_text(event.get("error") or "", rule)[:LONGEST_ERROR]
    try:
        return Words(
            error,
            None if variables is None else _shortened(_cleaned(variables, rule)),
            None if output is None else kept_text(_as_text(output), rule)[:LONGEST],
        )
    except RecursionError:  # lists in lists, hundreds deep: the call counts all the same
        return Words(error)


def kept_text(text: str, rule: Keeping) -> str:
    return masked(text) if rule.mask else _UNKEPT.sub("\ufffd", text)


def masked(text: str) -> str:
    """Personal data as the words of what it was."""
    text = _UNKEPT.sub("\ufffd", text)
    for kind, found in sorted(personal_data(text), key=lambda one: -len(one[1])):
        text = text.replace(found, MASKS[kind])
    return text


def _as_text(output: Any) -> str:
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)


def _cleaned(value: Any, rule: Keeping) -> Any:
    """Every text in it masked; what is no JSON number becomes null."""
    if isinstance(value, str):
        return kept_text(value, rule)
    if isinstance(value, dict):
        return {kept_text(str(name), rule): _cleaned(one, rule) for name, one in value.items()}
    if isinstance(value, list):
        return [_cleaned(one, rule) for one in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if rule.mask and isinstance(value, int) and not isinstance(value, bool) and _is_personal(value):
        return masked(str(value))
    return value


def _is_personal(number: int) -> bool:
    return 10**12 <= abs(number) < 10**19 and any(personal_data(str(number)))


def _shortened(variables: dict[str, Any]) -> dict[str, Any]:
    """Whole variables are left out from where it gets too long."""
    kept, left = {}, LONGEST
    for name, value in variables.items():
        left -= len(name) + len(json.dumps(value, ensure_ascii=False))
        kept[name] = value if left >= 0 else None
    return kept
