"""Questions that every page asks: composed once a process, for that takes the ORM longer than the
database takes to answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Value = int | Sequence[int] | datetime
# Nobody's: no id is below zero, and Galley did not live in the first year.
_NUMBER, _YEAR = -1_000_000_000, 1


class Composed:
    """`make(*values)` says in the ORM what is asked, for values that may differ each time: ids,
    lists of ids, times. It is called once, with stand-ins, whose places in the SQL are kept. So it
    may not look at its values, only hand them on."""

    def __init__(self, make: Callable[..., models.QuerySet[Any, Any]], *kinds: type) -> None:
        self._make, self._stand_ins = make, [_stand_in(at, kind) for at, kind in enumerate(kinds)]

    def first_column(self, *values: Value) -> list[Any]:
        """The first column of all rows, for these values in the order of the kinds."""
        sql, slots = self._composed
        with connection.cursor() as cursor:
            cursor.execute(sql, [_filled(slot, self._stand_ins, values) for slot in slots])
            return [row[0] for row in cursor.fetchall()]

    @cached_property
    def _composed(self) -> tuple[str, tuple[Any, ...]]:
        sql, slots = self._make(*map(_handed_on, self._stand_ins)).query.sql_with_params()
        lost = [stand_in for stand_in in self._stand_ins if stand_in not in slots]
        if lost:
            raise ValueError(f"The values {lost} have no place in: {sql}")
        return sql, tuple(slots)


def _stand_in(at: int, kind: type) -> Value:
    if kind is int:
        return _NUMBER - at
    if kind is list:
        return [_NUMBER - at]
    if kind is datetime:
        return datetime(_YEAR, 1, 1 + at, tzinfo=UTC)
    raise ValueError(f"No stand-in for {kind.__name__}: ids, lists of ids and times have one.")


def _handed_on(stand_in: Value) -> Any:
    """A list as one value: the ORM would write out its elements, and their number with them."""
    if isinstance(stand_in, list):
        return models.Value(stand_in, ArrayField(models.BigIntegerField()))
    return stand_in


def _filled(slot: Any, stand_ins: list[Value], values: Sequence[Value]) -> Any:
    for stand_in, value in zip(stand_ins, values, strict=True):
        if type(slot) is type(stand_in) and slot == stand_in:
            return list(value) if isinstance(value, Sequence) else value
    return slot
