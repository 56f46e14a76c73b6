"""What pages weigh, and how quickly a large draft answers a hand."""

from typing import Any

from bench.run import Measured, figure

ROUNDS = 40
LIST_KB, EDITOR_KB, INP_MS = 80, 200, 200


def _in_browser(measure: Any, *more: Any) -> Any:
    from bench.served import own_database

    with own_database() as name:
        from django.db import connections

        from tests.browser import weights
        from tests.browser.storm import a_browser

        with a_browser() as browser:
            try:
                return getattr(weights, measure)(name, browser, *more)
            finally:
                connections.close_all()  # of this browser's loop: nobody else would close them


def _weight(address: str, promise: int) -> Measured:
    size, names = _in_browser("weights", address)
    kilobytes = size / 1024
    words = f"{promise} KiB promised; {len(names)} files"
    return Measured(round(kilobytes, 1), "KiB gzip", len(names), words, kilobytes / promise)


@figure("list_kb")
def list_kb() -> Measured:
    """JavaScript and CSS of the list of prompts, fonts apart."""
    return _weight("/prompts/", LIST_KB)


@figure("editor_kb")
def editor_kb() -> Measured:
    """JavaScript and CSS of the editor, fonts apart."""
    return _weight("/prompts/support/reply/-/write/", EDITOR_KB)


@figure("editor_inp_ms")
def editor_inp() -> Measured:
    """Interaction to next paint with 40 blocks and 60,000 characters: the 98th percentile."""
    times = sorted(_in_browser("interactions", ROUNDS))
    inp = times[int(len(times) * 0.98)]
    words = f"{INP_MS} ms promised; median {times[len(times) // 2]:.0f} ms, worst {times[-1]:.0f}"
    return Measured(inp, "ms", len(times), words, inp / INP_MS)
