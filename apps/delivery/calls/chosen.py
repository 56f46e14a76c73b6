"""The engine of this installation."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from apps.delivery.calls.engine import Calls
from apps.delivery.calls.postgres import PostgresCalls
from apps.delivery.calls.postgres_units import PostgresUnits
from apps.delivery.calls.unit_facts import UnitFacts

if TYPE_CHECKING:
    from apps.delivery.calls.columnar_runner import Runner


@cache
def calls() -> Calls:
    """What `GALLEY_CALLS_ENGINE` names."""
    if settings.GALLEY_CALLS_ENGINE == "columnar":
        from apps.delivery.calls.columnar import ColumnarCalls

        return ColumnarCalls(_runner())
    return PostgresCalls()


@cache
def units() -> UnitFacts:
    """The same engine, asked about units."""
    if settings.GALLEY_CALLS_ENGINE == "columnar":
        from apps.delivery.calls.columnar_units import ColumnarUnits

        calls()  # makes its tables
        return ColumnarUnits(_runner())
    return PostgresUnits()


@cache
def _runner() -> Runner:
    from apps.delivery.calls.columnar_runner import Server, embedded

    url = settings.GALLEY_CALLS_URL
    return Server(url) if url else embedded(settings.DATA / "calls")
