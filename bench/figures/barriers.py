"""What axe finds on every page of Galley, in both themes, on a desk and on a phone."""

import tempfile
from pathlib import Path
from typing import Any

from bench.run import Measured, figure
from bench.served import own_database


@figure("barriers")
def barriers() -> Measured:
    """Broken rules of WCAG 2.2 A and AA and of axe's best practice, and pages wider than their
    screen."""
    with own_database() as name:
        from django.db import connections
        from django.test.utils import setup_test_environment

        from tests.browser.storm import a_browser

        setup_test_environment()
        with a_browser() as browser:
            try:
                looked, found = looked_at(name, browser)
            finally:
                connections.close_all()  # of this browser's loop: nobody else would close them
    return Measured(len(found), "barriers", looked, f"pages, in every look. {found[:3]}")


def looked_at(database: str, browser: Any) -> tuple[int, list[str]]:
    """How many pages were looked at, and what was found on them."""
    from tests.browser.axe import all_barriers
    from tests.browser.pages import make_gallery
    from tests.browser.people import Place
    from tests.browser.sights import all_sights
    from tests.browsing import pages_of
    from tests.live import served

    found: list[str] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(database, Path(folder)) as live,
        pages_of(browser, live) as make,
    ):
        gallery, sights = make_gallery(Place(live, make)), all_sights()
        for sight in sights:
            found += [f"{sight.name}: {line}" for line in all_barriers(sight.show(gallery))]
    return len(sights), found
