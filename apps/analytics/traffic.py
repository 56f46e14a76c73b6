"""Cases of a test suite from calls that really came, personal data masked once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.delivery.calls.engine import Call
from apps.delivery.intake.kept import masked
from apps.evaluations.new_case import NewCase

TAG = "traffic"


def cases_of(calls: Iterable[Call], numbers: Mapping[int, int]) -> list[NewCase]:
    """`numbers`: of the versions, by id. What is expected is left for a person to say."""
    return [_case(call, numbers.get(call.version_id, 0)) for call in calls if call.variables]


def _case(call: Call, number: int) -> NewCase:
    values = {name: _masked(value) for name, value in (call.variables or {}).items()}
    tags = [TAG, f"v{number}", *(["error"] if call.status == "error" else []), *call.tags]
    name = _("Call of %(day)s") % {"day": date_format(call.started_at, "j M Y, H:i")}
    return NewCase(values=values, expected="", name=name, tags=tuple(dict.fromkeys(tags))[:8])


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return masked(value) if isinstance(value, str) else value
