"""Several people type at once while tabs close, the network dies and the server starts anew; then
one looks where each typed word is: in the text, in the history of a block, or in a kept copy."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from apps.accounts.models import User
from apps.prompts.models import ConflictCopy, DraftBlock
from tests.browser.people import sign_in, until
from tests.browsing import ARGUMENTS, system_chromium
from tests.live import free_port, served
from tests.prompts.at_once import blocks_for
from tests.prompts.conftest import House, make_house

WRITE = "/prompts/support/reply/-/write/"
CALM = "document.querySelector('draft-editor')?.pending?.length === 0"
PANEL = "[data-merge-panel] [data-merge-choice=mine] button"
BLOCKS = 4


@dataclass
class Told:
    """What happened, and where the words are."""

    words: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    heads: int = 0
    steps: int = 0
    copies: int = 0
    closed: int = 0
    offline: int = 0
    restarts: int = 0


class Server:
    """One address, behind which the server may be started again."""

    def __init__(self, database: str, folder: Path) -> None:
        self.database, self.folder, self.port = database, folder, free_port()
        self.stack = ExitStack()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.stack.enter_context(served(self.database, self.folder, self.port))

    def stop(self) -> None:
        self.stack.close()


class Typist:
    """A person with one tab that may be closed at any moment."""

    def __init__(self, browser: Browser, url: str, person: User, number: int) -> None:
        self.number, self.chance = number, random.Random(number)
        self.context: BrowserContext = browser.new_context(base_url=url)
        self.page: Page = self.context.new_page()
        sign_in(self.page, person, url)
        self.page.goto(WRITE)
        self.typed = 0
        self.away = False

    def type(self) -> str:
        """A word of their own, at some place of some block; what a conflict asks is answered."""
        self.answer()
        word = f"t{self.number}w{self.typed}z"
        self.typed += 1
        editors = self.page.locator("li.block .cm-content")
        editors.nth(self.chance.randrange(editors.count())).click(timeout=15_000)
        self.page.keyboard.press(self.chance.choice(("Control+Home", "Control+End")))
        for _ in range(self.chance.randrange(6)):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("End")
        self.page.keyboard.type(f" {word}")
        return word

    def answer(self) -> None:
        with suppress(BrowserError):
            while self.page.locator(PANEL).count():
                self.page.locator(PANEL).first.click(timeout=5_000)

    def close_tab(self) -> None:
        """As when the browser is killed: no page hears of it."""
        self.page.close()
        self.page = self.context.new_page()

    def network(self, dead: bool) -> None:
        self.away = dead
        self.context.set_offline(dead)

    def is_calm(self) -> bool:
        self.answer()
        return bool(self.page.evaluate(CALM))


def storm(database: str, browser: Browser, *, people: int, steps: int, restarts: int) -> Told:
    house, told = make_house(), Told()
    blocks_for(house, BLOCKS)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(database, Path(folder))
        server.start()
        try:
            who = [house.ana, house.ben]
            typists = [Typist(browser, server.url, who[n % 2], n) for n in range(people)]
            _rage(server, typists, told, steps, restarts)
            _calm(server, typists)
            for typist in typists:
                typist.context.close()
        finally:
            server.stop()
    return _found(house, told)


@contextmanager
def a_browser() -> Iterator[Browser]:
    """For figures; tests have one of their session."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop lives in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


def _rage(server: Server, typists: list[Typist], told: Told, steps: int, restarts: int) -> None:
    chance = random.Random(26)
    starts = {steps * (n + 1) // (restarts + 1) for n in range(restarts)}
    for step in range(steps):
        typist = chance.choice(typists)
        told.words.append(typist.type())
        if step in starts:
            server.stop()
            told.words.append(typist.type())  # while nobody answers
            server.start()
            told.restarts += 1
        elif chance.random() < 0.06 and not typist.away:
            typist.close_tab()
            typist.page.goto(WRITE)
            told.closed += 1
        elif chance.random() < 0.08:
            typist.network(not typist.away)
            told.offline += typist.away


def _calm(server: Server, typists: list[Typist]) -> None:
    """Everybody is back, and nothing waits any more."""
    for typist in typists:
        typist.network(dead=False)
    for typist in typists:
        until(typist.is_calm, seconds=120)


def _found(house: House, told: Told) -> Told:
    """Where the words are: each is counted at the first place that has it."""
    blocks = DraftBlock.objects.filter(draft=house.draft)
    heads = "\n".join(block.body for block in blocks)
    history = DraftBlock.history.filter(draft=house.draft.pk)  # type: ignore[attr-defined]
    steps = "\n".join(history.values_list("body", flat=True))
    copies = "\n".join(ConflictCopy.objects.values_list("mine", flat=True))
    for word in told.words:
        if word in heads:
            told.heads += 1
        elif word in steps:
            told.steps += 1
        elif word in copies:
            told.copies += 1
        else:
            told.lost.append(word)
    return told
