"""A short storm, and what a keystroke takes; at full length they are the figures `typed_lost`,
`keystroke_saved_p95_ms` and `keystroke_seen_p95_ms`."""

from __future__ import annotations

from tests.browser.keystrokes import keystrokes
from tests.browser.storm import storm


def test_t26_what_three_people_type_in_a_storm_is_all_there(own_database, browser):
    told = storm(own_database, browser, people=3, steps=24, restarts=1)

    assert len(told.words) == 25
    assert told.lost == []
    assert told.heads > 0
    assert (told.restarts, told.closed > 0) == (1, True)


def test_a_keystroke_is_saved_and_seen_within_seconds(own_database, browser):
    saved, seen = keystrokes(own_database, browser, 3)

    assert min(saved) >= 800  # the quiet that the editor waits for
    assert sorted(saved)[1] < 8_000
    assert sorted(seen)[1] < 8_000
