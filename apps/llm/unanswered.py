"""Why a question was not answered: a code, a sentence for people, raw words without secrets."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

MOST_DETAIL = 500
RETRYABLE = frozenset(
    {"rate_limited", "overloaded", "server_error", "timeout", "unreachable", "cut_off", "resting"}
)
# What says that the provider is not well; the others are matters of one question.
UNWELL = frozenset({"overloaded", "server_error", "timeout", "unreachable", "cut_off"})
_KEYS = re.compile(r"(?i)\b(?:bearer\s+\S+|(?:sk|pk|rk|key|api|gly)[-_][\w*.\-]{6,})")


class Unanswered(Exception):
    """`retryable`: asking again later may help; `retry_after`: in how many seconds, if known."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        sentence: str = "",
        retry_after: float | None = None,
        secret: str = "",
    ) -> None:
        self.code = code
        self.sentence = sentence or sentence_of(code)
        self.detail = without_secrets(detail, secret)
        self.retry_after = retry_after
        self.retryable = code in RETRYABLE
        super().__init__(f"{code}: {self.sentence}")


def without_secrets(text: str, secret: str = "") -> str:
    """The text, short, in which neither this secret nor anything that looks like one is left."""
    if secret:
        text = text.replace(secret, "***")
    text = _KEYS.sub("***", text)
    return text if len(text) <= MOST_DETAIL else f"{text[:MOST_DETAIL]}…"


def sentence_of(code: str) -> str:
    """What is the case and what to do next."""
    return _SENTENCES.get(code, _SENTENCES["server_error"])()


_SENTENCES = {
    "rate_limited": lambda: _(
        "The provider takes no more calls for the moment. Try again in a minute, or allow this "
        "connection fewer calls at once."
    ),
    "no_credit": lambda: _(
        "The account at the provider has no credit left. Add some there, then try again."
    ),
    "overloaded": lambda: _("The model is overloaded. Try again in about a minute."),
    "server_error": lambda: _("The provider had an error of its own. Try again in a minute."),
    "timeout": lambda: _("The model did not answer in time. Try again, or ask for less at once."),
    "unreachable": lambda: _(
        "The provider cannot be reached. Check the address of the connection and the network."
    ),
    "cut_off": lambda: _("The connection broke before the answer was whole. Try again."),
    "bad_certificate": lambda: _(
        "The provider's certificate does not fit its address. Check the address of the connection."
    ),
    "refused_key": lambda: _(
        "The provider refuses the key of this connection. An admin can enter another one."
    ),
    "bad_request": lambda: _(
        "The provider does not take this question. Check the parameters and the length of the text."
    ),
    "unknown_model": lambda: _(
        "The provider does not know this model, or nothing answers at this address. Check both."
    ),
    "filtered": lambda: _("The provider's content filter held the answer back."),
    "too_large": lambda: _("The answer was larger than 10 MB and was cut off."),
    "malformed": lambda: _(
        "The answer was not in the form that was agreed. Check that the address is that of a model."
    ),
    "empty": lambda: _("The model answered nothing. Try again, or allow it more tokens."),
    "wrong_model": lambda: _("Another model answered than the one that was asked."),
    "redirected": lambda: _(
        "The provider sends to another address, which Galley does not follow. Enter the final one."
    ),
    "refused_address": lambda: _("Galley does not connect to this address."),
    "resting": lambda: _("The provider failed many times in a row. Galley asks again shortly."),
    "not_connected": lambda: _("This model is not connected. An admin can connect it."),
    "bad_secret": lambda: _(
        "The key of this connection cannot be read any more. An admin can enter it again."
    ),
}
