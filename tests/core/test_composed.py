"""What is composed once answers as what is composed each time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import SmallIntegerField, Value
from django.db.models.functions import Length

from apps.core.composed import Composed, OneOf, beside
from apps.teams.models import Namespace
from tests.standing import standing
from tests.teams.people import open_office

pytestmark = pytest.mark.django_db
FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def within(ids, number, until):
    rows = Namespace.objects.filter(pk__gt=number, created_at__lt=until)
    return rows.filter(lineage__overlap=ids).order_by("pk").values_list("pk", flat=True)


office = standing(open_office)


def test_each_call_has_its_own_values(office, django_assert_num_queries):
    composed, counts = Composed(within, list, int, datetime), []

    for ids in ([office.root.pk], [office.refunds.pk, office.root.pk], [office.refunds.pk], []):
        for number in (0, office.root.pk):
            for until in (FIRST, LAST):
                with django_assert_num_queries(1):
                    found = composed.first_column(ids, number, until)
                assert found == list(within(ids, number, until))
                counts.append(len(found))

    assert {0, 1} < set(counts)


def joined(path_length, ids):
    rows = Namespace.objects.select_related("parent").filter(OneOf("id", ids))
    rows = rows.annotate(length=Length("path")).order_by("path")
    return rows.filter(length__gt=Value(path_length, SmallIntegerField()))


def test_rows_come_whole_with_what_is_joined_and_counted(office, django_assert_num_queries):
    composed = Composed(joined, int, list)
    everything = [office.root.pk, office.refunds.pk]

    for length in (-1, 0, len(office.refunds.path)):
        for ids in (everything, everything[1:], []):
            with django_assert_num_queries(1):
                found = composed.rows(length, ids)
                seen = [(one.path, one.lineage, one.parent and one.parent.path) for one in found]
                lengths = [one.length for one in found]
            expected = list(joined(length, ids))
            assert found == expected
            assert seen == [(e.path, e.lineage, e.parent and e.parent.path) for e in expected]
            assert lengths == [len(one.path) for one in found]
    assert composed.first(-1, everything) == office.root
    assert composed.first(-1, []) is None


def test_rows_of_several_threads_do_not_meet(office):
    """Each thread has a connection of its own; here only whose it is can be seen."""
    composed = Composed(joined, int, list)
    composed.rows(-1, [office.root.pk])
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(lambda: (composed.rows(-1, [0]), connection.close()))

    assert other.result()[0] == []  # and not “used in another thread”


def test_what_stands_beside_is_not_asked_for(office, django_assert_num_queries):
    beside(office.root, "children", [office.refunds])

    with django_assert_num_queries(0):
        assert list(office.root.children.all()) == [office.refunds]
    assert office.root.children.filter(pk=0).count() == 0


def test_a_value_that_is_looked_at_is_refused():
    composed = Composed(lambda ids, number: Namespace.objects.filter(pk__in=ids), list, int)

    with pytest.raises(ValueError, match="have no place in"):
        composed.first_column([1], 2)


def test_words_have_no_stand_in():
    with pytest.raises(ValueError, match="No stand-in for str"):
        Composed(within, str)
