"""How long a keystroke takes until it is safe, and until another person sees it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.people import sign_in
from tests.live import served
from tests.prompts.at_once import blocks_for
from tests.prompts.conftest import make_house

WRITE = "/prompts/support/reply/-/write/"
BLOCKS = 12
PLACE = "li.block .cm-content"

# Both pages are of one browser, so both read one clock.
TYPES = """() => {
  window.keyAt = {}; window.savedAt = {}; window.word = "";
  addEventListener("input", () => { keyAt[word] = Date.now(); delete savedAt[word]; }, true);
  new MutationObserver(() => {
    const line = document.querySelector("[data-save-state]");
    if (line.dataset.state === "saved" && keyAt[word]) savedAt[word] ??= Date.now();
  }).observe(document.querySelector("[data-save-state]"), {attributes: true, childList: true});
}"""
SEES = """() => {
  window.seenAt = {};
  const all = {subtree: true, childList: true, characterData: true};
  new MutationObserver(() => {
    const text = document.querySelector("li.block .cm-content").textContent;
    for (const [word] of text.matchAll(/k\\d+k/g)) seenAt[word] ??= Date.now();
  }).observe(document.querySelector("#blocks"), all);
}"""


def keystrokes(database: str, browser: Browser, rounds: int) -> tuple[list[float], list[float]]:
    """(ms until saved, ms until seen), one of each a round."""
    house = make_house()
    blocks_for(house, BLOCKS)
    with tempfile.TemporaryDirectory() as folder, served(database, Path(folder)) as live:
        pages = []
        for person, script in ((house.ana, TYPES), (house.ben, SEES)):
            page = browser.new_context(base_url=live.url).new_page()
            sign_in(page, person, live.url)
            page.goto(WRITE)
            page.locator(PLACE).first.wait_for()
            page.evaluate(script)
            pages.append(page)
        found = [_round(*pages, number) for number in range(rounds)]
        for page in pages:
            page.context.close()
    return [saved for saved, _seen in found], [seen for _saved, seen in found]


def _round(writer: Page, reader: Page, number: int) -> tuple[float, float]:
    word = f"k{number}k"
    writer.evaluate("(word) => { window.word = word; }", word)
    writer.locator(PLACE).first.click()
    writer.keyboard.press("Control+End")
    writer.keyboard.type(f" {word}")
    reader.wait_for_function("(word) => seenAt[word]", arg=word, timeout=60_000)
    writer.wait_for_function("(word) => savedAt[word]", arg=word, timeout=60_000)
    typed, saved = writer.evaluate("(word) => [keyAt[word], savedAt[word]]", word)
    seen = reader.evaluate("(word) => seenAt[word]", word)
    return saved - typed, seen - typed
