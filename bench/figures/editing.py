"""Writing together: whether anything is lost, and how long a keystroke takes to be seen."""

import time
from functools import cache

from bench.run import SEED, Measured, figure
from bench.served import place

CLIENTS = 50
SAVES = 10_000
BLOCKS = 20
CONTROL = 500
PEOPLE = 5
STEPS = 400
KEYSTROKES = 60


def _outcome(saves: int, blind: bool) -> tuple[int, int, int, float]:
    """(saves, of them kept as copies, lost, seconds) on a database and a server of their own."""
    with place() as here:
        from django.db import connections

        from tests.prompts.at_once import blocks_for, gaps, lost, save_at_once
        from tests.prompts.conftest import make_house

        house = make_house()
        known = blocks_for(house, BLOCKS)
        clients = [here.client((house.ana, house.ben)[n % 2]) for n in range(CLIENTS)]
        start = time.perf_counter()
        outcome = save_at_once(clients, known, saves // CLIENTS, connections.close_all, blind)
        seconds = time.perf_counter() - start
        assert outcome.saves == saves
        assert gaps() == []
        return outcome.saves, len(outcome.conflicts), len(lost(outcome)), seconds


@figure("lost_edits")
def lost_edits() -> Measured:
    """T26: 50 clients make 10,000 saves of 20 blocks over HTTP. Each accepted save is in the head,
    and each that met other words is a listed copy. The control does not say what it started from:
    then nothing is merged, and words go."""
    saves, copies, gone, seconds = _outcome(SAVES, blind=False)
    _all, _copies, without, _seconds = _outcome(CONTROL, blind=True)
    words = (
        f"{copies} kept as copies; {saves / seconds:.0f} saves/s; "
        f"{without} of {CONTROL} words lost without the merge"
    )
    assert without, "the control lost nothing, so the figure proves nothing"
    return Measured(gone, "lost edits", saves, words, seed=SEED)


@figure("typed_lost")
def typed_lost() -> Measured:
    """Five people in browsers: random edits, closed tabs, a dead network, two restarts."""
    from bench.served import own_database

    with own_database() as name:
        from tests.browser.storm import a_browser, storm

        with a_browser() as browser:
            told = storm(name, browser, people=PEOPLE, steps=STEPS, restarts=2)
    words = (
        f"{told.heads} in the text, {told.steps} in the history, {told.copies} in copies; "
        f"{told.closed} tabs closed, {told.offline} times offline, {told.restarts} restarts"
    )
    return Measured(len(told.lost), "lost words", len(told.words), words, seed=SEED)


@cache
def _keystrokes() -> tuple[list[float], list[float]]:
    from bench.served import own_database

    with own_database() as name:
        from tests.browser.keystrokes import keystrokes
        from tests.browser.storm import a_browser

        with a_browser() as browser:
            return keystrokes(name, browser, KEYSTROKES)


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


@figure("keystroke_saved_p95_ms")
def keystroke_saved() -> Measured:
    """From the last key of a word to "Saved" in the head of the page; 800 ms of it are the quiet
    that the editor waits for."""
    saved, _seen = _keystrokes()
    words = f"median {sorted(saved)[len(saved) // 2]:.0f} ms, 800 ms of it waiting for a pause"
    return Measured(_p95(saved), "ms", len(saved), words, seed=SEED)


@figure("keystroke_seen_p95_ms")
def keystroke_seen() -> Measured:
    """From the last key of a word to the same word in the other person's editor."""
    saved, seen = _keystrokes()
    words = f"median {sorted(seen)[len(seen) // 2]:.0f} ms"
    return Measured(_p95(seen), "ms", len(seen), words, _p95(seen) / _p95(saved), SEED)
