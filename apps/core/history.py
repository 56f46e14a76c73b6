"""The one door to django-simple-history: who and why are taken from the running action."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from simple_history.models import HistoricalRecords

from apps.core.actors import person_behind

_who: ContextVar[tuple[Any, str]] = ContextVar("galley_history_actor", default=(None, ""))


@contextmanager
def as_actor(actor: Any, reason: str = "") -> Iterator[None]:
    """Every history row written inside carries this actor (a person, or nobody) and this reason."""
    token = _who.set((actor, reason))
    try:
        yield
    finally:
        _who.reset(token)


def _person(instance: models.Model, **_kwargs: Any) -> Any:
    actor = _who.get()[0]
    return None if actor is None else person_behind(actor)


class History(HistoricalRecords):
    """HistoricalRecords that knows the acting person and the reason by itself."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("get_user", _person)
        kwargs.setdefault("history_change_reason_field", models.TextField(blank=True, default=""))
        super().__init__(**kwargs)

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str
    ) -> str:
        actor, reason = _who.get()
        by_key = _("With the key “%(key)s”") % {"key": actor} if _is_key(actor) else ""
        return getattr(instance, "_change_reason", None) or reason or by_key


def _is_key(actor: Any) -> bool:
    return getattr(actor, "kind", None) == "key"
