"""What is composed once answers as what is composed each time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.core.composed import Composed
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


def test_a_value_that_is_looked_at_is_refused():
    composed = Composed(lambda ids, number: Namespace.objects.filter(pk__in=ids), list, int)

    with pytest.raises(ValueError, match="have no place in"):
        composed.first_column([1], 2)


def test_words_have_no_stand_in():
    with pytest.raises(ValueError, match="No stand-in for str"):
        Composed(within, str)
