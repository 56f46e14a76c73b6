"""Questions that every page or every act asks: composed once a process, for that takes the ORM
longer than the database takes to answer."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)
Value = int | Sequence[int] | datetime
# Nobody's: no id is below zero, and Galley did not live in the first year.
_NUMBER, _YEAR = -1_000_000_000, 1


class OneOf(models.Func):
    """Whether a number is one of a list that stays one value: IN would write out its elements, and
    their number with them."""

    template, arg_joiner = "(%(expressions)s))", " = ANY("
    output_field = models.BooleanField()


class Composed(Generic[M]):
    """`make(*values)` says in the ORM what is asked, for values that may differ each time: ids,
    lists of ids, times. It is called once, with stand-ins, whose places in the SQL are kept. So it
    may not look at its values, only hand them on."""

    def __init__(self, make: Callable[..., models.QuerySet[M, Any]], *kinds: type) -> None:
        self._make, self._stand_ins = make, [_stand_in(at, kind) for at, kind in enumerate(kinds)]

    def rows(self, *values: Value) -> list[M]:
        """The rows, for these values in the order of the kinds, with what `make` joins and fetches
        beside them."""
        asked, compiler, sql, slots = self._composed
        bound = copy.copy(compiler)
        bound.connection = connection  # of this thread
        filled, converters = self._filled(slots, values), self._converters
        bound.as_sql = lambda *_how, **_more: (sql, filled)  # type: ignore[method-assign]
        bound.get_converters = lambda expressions: converters  # type: ignore[method-assign]
        rows = asked.all()
        rows.query.get_compiler = lambda *_how, **_more: bound  # type: ignore[method-assign]
        return list(rows)

    def first(self, *values: Value) -> M | None:
        """The first of the rows; `make` says their order, and whether there can be more of them."""
        return next(iter(self.rows(*values)), None)

    def first_column(self, *values: Value) -> list[Any]:
        """The first column of all rows, for these values in the order of the kinds."""
        _asked, _compiler, sql, slots = self._composed
        with connection.cursor() as cursor:
            cursor.execute(sql, self._filled(slots, values))
            return [row[0] for row in cursor.fetchall()]

    def _filled(self, slots: tuple[Any, ...], values: Sequence[Value]) -> tuple[Any, ...]:
        return tuple(_filled(slot, self._stand_ins, values) for slot in slots)

    @cached_property
    def _converters(self) -> dict[int, Any]:
        _asked, compiler, _sql, _slots = self._composed
        return compiler.get_converters([column for column, *_more in compiler.select or ()])

    @cached_property
    def _composed(self) -> tuple[models.QuerySet[M, Any], SQLCompiler, str, tuple[Any, ...]]:
        asked = self._make(*map(_handed_on, self._stand_ins))
        compiler = asked.query.get_compiler(asked.db)
        sql, slots = compiler.as_sql()
        lost = [one for one in self._stand_ins if not any(_stands(slot, one) for slot in slots)]
        if lost:
            raise ValueError(f"The values {lost} have no place in: {sql}")
        return asked, compiler, sql, tuple(slots)


def beside(one: models.Model, name: str, rows: list[Any]) -> None:
    """Let `one.<name>.all()` answer these rows, as after `prefetch_related`."""
    related = one._meta.get_field(name).related_model
    found = related._base_manager.none()  # type: ignore[union-attr]
    found._result_cache = rows
    one.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


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
        if _stands(slot, stand_in):
            return list(value) if isinstance(value, Sequence) else value
    return slot


def _stands(slot: Any, stand_in: Value) -> bool:
    """A number may have become one of so many bytes, which is a kind of number."""
    return isinstance(slot, type(stand_in)) and bool(slot == stand_in)
