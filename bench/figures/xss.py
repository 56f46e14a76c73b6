"""Payloads in every field and in every answer of every route, each shown in a real browser."""

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.run import Measured, figure
from bench.served import own_database


@figure("xss_executions")
def xss_executions() -> Measured:
    """Dialogs, requests, broken policies and strange elements: none may come of a person's text."""
    with own_database() as name:
        from django.db import connections
        from django.test.utils import setup_test_environment

        from tests.browser.payloads import all_payloads
        from tests.browser.storm import a_browser
        from tests.browser.test_xss import GETS, POSTS

        setup_test_environment()
        with a_browser() as browser:
            try:
                shown, found = shown_of(name, browser, GETS, POSTS)
            finally:
                connections.close_all()  # of this browser's loop: nobody else would close them
    words = f"{len(all_payloads())} payloads, {len(GETS)} pages, {len(POSTS)} forms. {found[:3]}"
    return Measured(len(found), "findings", shown, words)


def shown_of(database: str, browser: Any, gets: Any, posts: Any) -> tuple[int, list[str]]:
    """How many pages were shown, and what was found on them."""
    from tests.browser.infested import make_infested
    from tests.browser.pages import Gallery
    from tests.browser.people import Place
    from tests.browser.test_xss import FILES
    from tests.browsing import pages_of
    from tests.live import served

    world, found, shown = make_infested(), [], 0
    with (
        tempfile.TemporaryDirectory() as folder,
        served(database, Path(folder)) as live,
        pages_of(browser, live) as make,
    ):
        looks = Looks(Gallery(Place(live, make), world))
        for route in [one for one in gets if one.name not in FILES]:
            found += looks.at_page(route)
            shown += 2
        for route in posts:
            found += looks.at_answers(route)
            shown += 2
    return shown, found


class Looks:
    """At pages and answers, each in the browser of who may see it."""

    def __init__(self, gallery: Any) -> None:
        self.gallery, self.watches = gallery, {}  # type: ignore[var-annotated]

    def at_page(self, route: Any) -> list[str]:
        """What is stored, and what its address says."""
        from django.urls import reverse

        from tests.browser.sights import who_opens
        from tests.browser.test_xss import hostile_query, watch_of

        watch = watch_of(self.gallery, self.watches, who_opens(route))
        address = reverse(route.name, args=route.args(self.gallery.world))
        watch.page.goto(f"{address}?{urlencode(route.data(self.gallery.world), doseq=True)}")
        stored = watch.findings()
        watch.page.goto(f"{address}?{hostile_query()}")
        return [f"{route.name}: {line}" for line in [*stored, *watch.findings()]]

    def at_answers(self, route: Any) -> list[str]:
        """As a page, and as a piece of one."""
        from tests.browser.sights import who_opens
        from tests.browser.test_xss import answer_to, show, watch_of

        who, found = who_opens(route), []
        watch = watch_of(self.gallery, self.watches, who)
        for htmx in (False, True):
            show(watch.page, answer_to(self.gallery, route, who, htmx))
            found += watch.findings()
        return [f"{route.name}: {line}" for line in found]
