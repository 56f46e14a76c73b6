"""Pages of figures: what the person may see, a piece for htmx, a file, and a part that fails."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from apps.analytics.queries import overview
from apps.analytics.watching import drain
from tests.browser.people import BACKEND

NOW = timezone.now().astimezone(dt.UTC)
REPORT = {"HTTP_HX-Request": "true", "HTTP_HX-Target": "report"}


def browser(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def calls(told):
    told.tell(NOW, 12)
    told.tell(NOW, 3, version_id=told.versions[1].pk, status="error", model="acme/small")
    drain()
    return told


def tiles(page):
    found = re.findall(r'class="figure">([^<]*)<', page.content.decode())
    return [text.replace("\u00a0", " ") for text in found]


def test_the_dashboard_shows_what_one_may_see_and_nothing_else(calls):
    mine = browser(calls.world["viewer"]).get("/analytics/")
    theirs = browser(calls.world["outsider"]).get("/analytics/")

    assert tiles(mine) == ["15", "20 %", "–", "3.0 ¢"]
    assert tiles(theirs) == []
    assert "No calls yet" in theirs.content.decode()


def test_a_filter_that_does_not_exist_says_no_more_than_one_that_may_not_be_seen(calls):
    outsider = browser(calls.world["outsider"])

    hidden = outsider.get("/analytics/?in=desk&team=1").content.decode()
    missing = outsider.get("/analytics/?in=nowhere&team=999").content.decode()

    assert _same(hidden) == _same(missing)


def _same(page):
    """Without what differs in any two answers."""
    page = re.sub(r'(nonce|value|data-csrf)="[^"]*"', "", page)
    return re.sub(r"/analytics/\?[^\"]*", "", page)


def test_htmx_gets_the_report_alone(calls):
    page = browser(calls.world["viewer"]).get("/analytics/?range=7", **REPORT)

    assert page.content.decode().strip().startswith('<div id="report">')
    assert tiles(page) == ["15", "20 %", "–", "3.0 ¢"]


def test_each_drawing_is_data_and_the_table_says_the_same(calls):
    page = browser(calls.world["viewer"]).get("/analytics/?range=1").content.decode()

    [first, *_rest] = re.findall(r'<script type="application/json">(.*?)</script>', page, re.S)
    assert sum(json.loads(first)["series"][0]["values"]) == 15
    assert page.count("<galley-chart") == page.count('<details class="astable" open>')


@pytest.mark.parametrize("path", ["/analytics/", "/prompts/desk/reply/-/analytics/"])
def test_a_table_comes_as_a_file(calls, path):
    page = browser(calls.world["viewer"]).get(f"{path}?range=7&csv=calls")

    lines = page.content.decode().splitlines()
    assert page["Content-Disposition"] == 'attachment; filename="calls.csv"'
    assert lines[0] == '"Time","Calls","Errors","Share of errors","Went live"'
    assert lines[-1].split(",")[1:4] == ['"15"', '"3"', '"0.200000"']


def test_a_part_that_fails_leaves_the_others_alone(calls, monkeypatch):
    def slow(*_args):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(overview, "cost_by_model", slow)
    page = browser(calls.world["viewer"]).get("/analytics/")

    assert page.status_code == 200
    assert tiles(page) == ["15", "20 %", "–", "3.0 ¢"]
    assert "This part took too long and is left out" in page.content.decode()


def test_a_prompt_shows_its_versions_applications_and_alarms(calls):
    page = browser(calls.world["viewer"]).get("/prompts/desk/reply/-/analytics/")

    words = page.content.decode()
    assert tiles(page) == ["15", "20 %", "–", "3.0 ¢"]
    assert "Too early to compare: v2 has 3 calls here" in words
    assert "v1 got 80\u00a0% of the calls." in words
    assert "No alarm watches this prompt." in words
    assert "Look at single calls" not in words  # a viewer reads no calls


def test_the_number_of_prompts_and_calls_adds_no_query(calls, django_assert_num_queries):
    person = browser(calls.world["viewer"])
    person.get("/analytics/")
    with django_assert_num_queries(_queries(person)):
        person.get("/analytics/")
    for name in ("one", "two"):
        prompt = calls.world.prompt(name)
        version = calls.world.version(prompt, "Hello")
        calls.tell(NOW, 5, prompt_id=prompt.pk, version_id=version.pk)
    drain()

    with django_assert_num_queries(_queries(person)):
        person.get("/analytics/")


def _queries(person):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if not hasattr(_queries, "first"):
        with CaptureQueriesContext(connection) as found:
            person.get("/analytics/")
        _queries.first = len(found)
    return _queries.first


def test_an_alarm_is_set_on_its_form_and_what_was_typed_stays(calls):
    author = browser(calls.world["author"])
    data = {"about": "desk/reply", "environment": "production", "measure": "errors"}

    wrong = author.post("/analytics/alarms/new/", {**data, "bound": "500", "hours": "24"})
    right = author.post("/analytics/alarms/new/", {**data, "bound": "5", "hours": "24"})
    again = author.post("/analytics/alarms/new/", {**data, "bound": "7", "hours": "24"})

    assert (wrong.status_code, right.status_code, again.status_code) == (422, 302, 409)
    assert 'value="500"' in wrong.content.decode()
    assert 'value="7"' in again.content.decode()
    page = author.get("/prompts/desk/reply/-/analytics/").content.decode()
    assert "Rings when more than 5\u00a0% of the calls in the last 24 hours fail." in page


def test_the_form_of_a_share_says_how_many_calls_a_day_there_are(calls):
    calls.world.approved(calls.prompt, calls.versions[1], "production")

    page = browser(calls.world["releaser"]).get(
        "/prompts/desk/reply/-/release/?version=2&environment=production"
    )

    assert "It has about 15 calls a day now." in page.content.decode()
