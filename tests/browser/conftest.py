from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.pages import Gallery
from tests.browser.people import Place
from tests.browsing import NewPage, pages_of
from tests.database import Databases
from tests.live import ROOT, Live, served

LIBRARY = str(ROOT / "clients" / "python")


@pytest.fixture
def place(live: Live, new_page: NewPage) -> Place:
    """This test's own installation, empty until the test fills it."""
    return Place(live, new_page)


@pytest.fixture(scope="module")
def gallery(module_place: Place, databases: Databases, request: pytest.FixtureRequest) -> Gallery:
    """The world that the module names as `STANDS`, looked at by its people."""
    return Gallery(module_place, databases.things_of(request.module.STANDS))


@pytest.fixture(scope="module")
def module_place(
    request: pytest.FixtureRequest,
    databases: Databases,
    django_db_setup: None,
    django_db_blocker,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Place]:
    """One installation for all tests of a module that only look; its `STANDS` made it. Its pages
    tell what they were drawn from."""
    make = getattr(request.module, "STANDS", None)
    with django_db_blocker.unblock():
        name = databases.clone_of(make)[0] if make else databases.clone()
    folder: Path = tmp_path_factory.mktemp("place")
    with (
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        databases.pointed_at(name),
    ):
        patch.setenv("GALLEY_DATABASE_NAME", name)
        with served(name, folder, tells=True) as live, pages_of(browser, live) as make:
            yield Place(live, make)
    databases.drop(name)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch):
    """The client library, as an application has it."""
    monkeypatch.syspath_prepend(LIBRARY)
    import galley_client

    return galley_client
