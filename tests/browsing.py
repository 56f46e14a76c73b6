"""A real browser: the system's Chromium, else the one that Playwright brought."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.live import Live
from tests.rooms import MEMORY, room_for_tests

ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
NewPage = Callable[..., Page]

PATIENCE = 60_000  # milliseconds: a busy machine is slow, which is no fault of the pages
expect.set_options(timeout=PATIENCE)


def system_chromium() -> str | None:
    names = (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    )
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop lives in this thread, where Django would refuse every query of the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=system_chromium(), args=ARGUMENTS, ignore_default_args=_too_careful()
        )
        yield found
        found.close()


def _too_careful() -> list[str]:
    """Playwright keeps Chromium off the memory that processes share, which is tiny in some
    containers: where it is not, drawing by way of the disk costs a tenth of a test."""
    return ["--disable-dev-shm-usage"] if room_for_tests() == str(MEMORY) else []


@contextmanager
def pages_of(browser: Browser, live: Live) -> Iterator[NewPage]:
    """Makes pages, each in a context (a person's browser) of its own.

    Fails at the end when a page broke the Content-Security-Policy or threw.
    """
    contexts, errors = [], []

    def make(
        *, width: int = 1440, theme: Any = "light", javascript: bool = True, touch: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=live.url,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=javascript,
            has_touch=touch,
            is_mobile=touch,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(_NOTES_STAY)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if _is_csp(line.text) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def new_page(browser: Browser, live: Live) -> Iterator[NewPage]:
    """`new_page(width=390, theme="dark")`: a page as `pages_of` makes it."""
    with pages_of(browser, live) as make:
        yield make


# A note of the page goes after twelve seconds, in which a busy machine may not get to its button.
_NOTES_STAY = """(() => {
    const wait = setTimeout;
    window.setTimeout = (act, ms, ...more) => wait(act, ms === 12000 ? 120000 : ms, ...more);
})();"""


def _is_csp(text: str) -> bool:
    return "Content Security Policy" in text
