"""The two kinds of write. Their decorators open the transaction; nothing else does.

governed  versions, reviews, releases, rules, rights, keys, people: one audit entry, written last.
working   autosave, comments, marks, one's own preferences: no entry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
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
_depth: ContextVar[int] = ContextVar("galley_governed_depth", default=0)


def register_refusal_recorder(recorder: RefusalRecorder) -> None:
    """The audit app registers how a refusal on a protected environment is written down."""
    global _refusal_recorder
    _refusal_recorder = recorder


def governed(action: Callable[P, R]) -> Callable[P, R]:
    """One transaction; a refusal that asks for it is recorded after the roll-back, and stands.

    An action inside another one leaves that to the outermost: what it wrote itself would go with
    the transaction around it.
    """

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        actor = kwargs.get("actor")
        reason = str(kwargs.get("reason", "") or "")
        try:
            with _one_deeper(), transaction.atomic(), as_actor(actor, reason):
                return action(*args, **kwargs)
        except Refused as refusal:
            if _depth.get() == 0:
                _record_refusal(actor, refusal)
            raise

    run.kind = "governed"  # type: ignore[attr-defined]  # read by the architecture tests
    return run


def in_governed() -> bool:
    """Whether an act is under way, which decides on what is there now."""
    return _depth.get() > 0


@contextmanager
def _one_deeper() -> Iterator[None]:
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


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
    denied, refusal.denied = refusal.denied, None  # nobody records it again
    try:
        with transaction.atomic():
            _refusal_recorder(denied, actor, refusal)
    except Exception:  # the refusal stands even if it cannot be written down
        log.exception("a refusal could not be recorded")
