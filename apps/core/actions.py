"""The two kinds of write. Their decorators open the transaction; nothing else does.

governed  versions, reviews, releases, rules, rights, keys, people: one audit entry, written last.
working   autosave, comments, marks, one's own preferences: no entry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction

from apps.core.errors import Refused
from apps.core.history import as_actor

log = logging.getLogger("galley.audit")
P = ParamSpec("P")
R = TypeVar("R")

RefusalRecorder = Callable[[Mapping[str, Any], Any, Refused], None]
_refusal_recorder: RefusalRecorder | None = None


def register_refusal_recorder(recorder: RefusalRecorder) -> None:
    """The audit app registers how a refusal on a protected environment is written down."""
    global _refusal_recorder
    _refusal_recorder = recorder


def governed(action: Callable[P, R]) -> Callable[P, R]:
    """One transaction; a refusal that asks for it is recorded after the roll-back, and stands."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs.get("actor")
        try:
            with transaction.atomic(), as_actor(actor, str(kwargs.get("reason", "") or "")):
                return action(*args, **kwargs)
        except Refused as refusal:
            _record_refusal(actor, refusal)
            raise

    run.kind = "governed"  # type: ignore[attr-defined]  # read by the architecture tests
    return run


def working(action: Callable[P, R]) -> Callable[P, R]:
    """One transaction and no audit entry; rows with a history name the actor."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(), as_actor(kwargs.get("actor")):
            return action(*args, **kwargs)

    run.kind = "working"  # type: ignore[attr-defined]  # read by the architecture tests
    return run


def _record_refusal(actor: Any, refusal: Refused) -> None:
    if refusal.denied is None or _refusal_recorder is None:
        return
    denied, refusal.denied = refusal.denied, None  # an outer action must not record it again
    try:
        with transaction.atomic():
            _refusal_recorder(denied, actor, refusal)
    except Exception:  # the refusal stands even if it cannot be written down
        log.exception("a refusal could not be recorded")
