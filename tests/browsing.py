"""A real browser: the system's Chromium, else the one that Playwright brought."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.live import Live

ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
NewPage = Callable[..., Page]


def system_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop lives in this thread, where Django would refuse every query of the test.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=system_chromium(), args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def new_page(browser: Browser, live: Live) -> Iterator[NewPage]:
    """A page in a context (a person's browser) of its own: `new_page(width=390, theme="dark")`.

    The test fails when a page breaks the Content-Security-Policy or throws.
    """
    contexts, errors = [], []

    def make(*, width: int = 1440, theme: Any = "light", javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live.url,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if _is_csp(line.text) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def _is_csp(text: str) -> bool:
    return "Content Security Policy" in text
