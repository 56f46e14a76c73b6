"""Makes docs/images anew from the seeded demo: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from apps.analytics.actions import drain_touched
from apps.evaluations.models import Run
from apps.evaluations.running.slices import work
from apps.experiments.models import Experiment
from apps.reviews.models import Review
from config.postgres import server
from tests.browser.demo import Demo, make_demo
from tests.browser.people import Place
from tests.browsing import ARGUMENTS, pages_of, system_chromium
from tests.database import Databases
from tests.live import ROOT, served

FOLDER = ROOT / "docs" / "images"
MOST = 250_000  # bytes of one picture
TRIAGE = "/prompts/support/cards/triage/-/write/"


def pictures(demo: Demo) -> Iterator[tuple[str, str, str, int]]:
    """Name, person, address and width of each."""
    review = Review.objects.get(prompt__path="support/refunds/reply", state="open")
    yield "home", "ana", "/", 1440
    yield "registry", "sara", "/prompts/", 1440
    yield "editor", "sara", TRIAGE, 1440
    yield "review", "ana", f"/reviews/{review.pk}/?view=side", 1440
    yield "review-390", "ana", f"/reviews/{review.pk}/", 390
    yield "releases", "bo", "/releases/", 1440
    yield "results", "priya", f"/tests/runs/{_answered_run()}/?show=all", 1440
    yield "experiment", "bo", f"/experiments/{Experiment.objects.earliest('pk').pk}/", 1440
    yield "analytics", "ana", f"/prompts/{review.prompt.path}/-/analytics/", 1440
    yield "audit", "mei", "/audit/", 1440
    yield "people", "mei", "/admin/", 1440


def _answered_run() -> int:
    """The first run, with its answers."""
    run = Run.objects.filter(candidate=None).earliest("pk")
    while work(run.pk):
        pass
    return run.pk


@contextmanager
def seeded_place() -> Iterator[tuple[Demo, Place]]:
    """The demo in a database of its own, served, with a browser."""
    databases = Databases(settings.DATA, uuid.uuid4().hex[:10], "pictures")
    databases.make_template()
    name = databases.clone()
    os.environ["GALLEY_DATABASE_NAME"] = name
    try:
        with databases.pointed_at(name), tempfile.TemporaryDirectory() as folder:
            demo = make_demo()
            with served(name, Path(folder)) as live, sync_playwright() as playwright:
                os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
                found = playwright.chromium.launch(
                    executable_path=system_chromium(), args=ARGUMENTS
                )
                with pages_of(found, live) as new_page:
                    yield demo, Place(live, new_page)
                found.close()
    finally:
        databases.leave()
        forget_data()


def forget_data() -> None:
    """Remove a data folder that was made for this run alone."""
    if folder := os.environ.get("GALLEY_TEST_DATA"):
        server(Path(folder)).stop()
        shutil.rmtree(folder, ignore_errors=True)


def take(page: Page, name: str, address: str) -> None:
    page.goto(address)
    page.evaluate("document.fonts.ready")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path, animations="disabled", caret="hide")
    size = path.stat().st_size
    if size > MOST:
        raise SystemExit(f"{path.name} has {size} bytes; {MOST} is the most.")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with seeded_place() as (demo, place):
        while drain_touched():  # the figures of calls
            pass
        for name, person, address, width in pictures(demo):
            page = place.signed_in(demo[person], width=width)
            if name == "review":  # down to where words changed
                page.set_viewport_size({"width": width, "height": 1180})
            take(page, name, address)


if __name__ == "__main__":
    main()
