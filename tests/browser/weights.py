"""How much a page loads, and how long its editor takes to answer, in a real browser."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from apps.prompts.actions import add_block, save_block
from tests.browser.people import sign_in
from tests.live import served
from tests.prompts.conftest import House, make_house

WRITE = "/prompts/support/reply/-/write/"
BLOCKS = 40
CHARACTERS = 60_000
SENTENCE = "Say what happens next, and who does it. "

# Event timing, as the web vital INP has it: from the input to the next frame that is painted.
WATCH = """() => {
  window.paints = [];
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (one.interactionId) paints.push(one.duration);
  }).observe({type: "event", durationThreshold: 16, buffered: true});
}"""


def weights(database: str, browser: Browser, address: str) -> tuple[int, list[str]]:
    """(bytes of JavaScript and CSS after gzip, their names) that the page loads; fonts apart."""
    house = make_house()
    with tempfile.TemporaryDirectory() as folder, served(database, Path(folder)) as live:
        page = browser.new_context(base_url=live.url).new_page()
        sign_in(page, house.ana, live.url)
        sizes: dict[str, int] = {}
        page.on("response", lambda answer: sizes.update(_size(answer)))
        page.goto(address)
        page.wait_for_load_state("networkidle" if address == "/prompts/" else "load")
        page.wait_for_timeout(1_500)
        page.context.close()
    return sum(sizes.values()), sorted(sizes)


def _size(answer: object) -> dict[str, int]:
    kind = answer.request.resource_type  # type: ignore[attr-defined]  # of playwright
    if kind not in ("script", "stylesheet"):
        return {}
    name = urlsplit(answer.url).path  # type: ignore[attr-defined]
    return {name: len(gzip.compress(answer.body()))}  # type: ignore[attr-defined]


def interactions(database: str, browser: Browser, rounds: int) -> list[float]:
    """ms until the next paint of typing, clicking and moving in a large draft; what the browser
    counts as under 16 ms is not reported by it, and stands as 16."""
    house = make_house()
    _fill(house)
    with tempfile.TemporaryDirectory() as folder, served(database, Path(folder)) as live:
        page = browser.new_context(
            base_url=live.url, viewport={"width": 1440, "height": 900}
        ).new_page()
        sign_in(page, house.ana, live.url)
        page.goto(WRITE)
        page.locator("li.block .cm-content").first.wait_for()
        page.evaluate(WATCH)
        done = sum(_act(page, number) for number in range(rounds))
        page.wait_for_timeout(1_000)
        found = [float(one) for one in page.evaluate("paints")]
        page.context.close()
    return [*found, *[16.0] * max(0, done - len(found))]


def _fill(house: House) -> None:
    body = (SENTENCE * (CHARACTERS // BLOCKS // len(SENTENCE) + 1))[: CHARACTERS // BLOCKS]
    for block in house.blocks:
        save_block(block, revision=block.revision, body=body, actor=house.ana)
    for _ in range(BLOCKS - len(house.blocks)):
        block = add_block(house.draft, type="instructions", actor=house.ana)
        save_block(block, revision=block.revision, body=body, actor=house.ana)


def _act(page: Page, number: int) -> int:
    """One click into a block, five letters, and now and then a move; how many interactions."""
    page.locator("li.block .cm-content").nth(number * 7 % BLOCKS).click()
    page.keyboard.type("hello")
    if number % 5:
        return 6
    page.keyboard.press("Alt+Shift+ArrowUp")
    page.wait_for_timeout(300)
    return 7
