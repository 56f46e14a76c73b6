"""R5: what was acknowledged is there, once, whatever is killed meanwhile."""

from __future__ import annotations

from bench.figures.intake import killed
from tests.delivery.story import make_story


def test_r05_events_are_neither_lost_nor_counted_twice_by_kills(own_database, tmp_path):
    _, key = make_story().key()

    found = killed(own_database, tmp_path, key, 20, each=500)

    assert (found.events, found.lost, found.double) == (10_000, 0, 0)
    assert found.in_vain > 0  # kills hit batches on their way
