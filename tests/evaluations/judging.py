"""Short ways to judge an answer in the tests of checks."""

from __future__ import annotations

import json

from apps.evaluations.checks import KINDS, Answered, CaseValues


def state(code, text, /, expected="", values=None, **settings):
    return verdict(code, text, expected, values, **settings).state


def verdict(code, text, /, expected="", values=None, **settings):
    kind = KINDS[code]
    assert kind.validate(settings) == {}
    return kind.judge(Answered(text), CaseValues(values or {}, expected), settings)


def replied(code, reply, text="The refund takes 5 days.", other=None, expected="", **settings):
    """The verdict of a judge that replies so; a dict is sent as JSON."""
    kind, answer = KINDS[code], Answered(text)
    case = CaseValues({"message": "Where is my money?"}, expected)
    rival = None if other is None else Answered(other)
    asked = kind.questions(answer, case, settings, rival)
    said = reply if isinstance(reply, str) else json.dumps(reply)
    return kind.read([said] * len(asked), answer, case, settings, rival)
