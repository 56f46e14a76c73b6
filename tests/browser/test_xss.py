"""T12, T13: whatever people type stays text, on every page, in every answer of a form."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.db import transaction
from django.db.models import Model, TextField
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from playwright.sync_api import Browser, Page

from apps.core.origin import coming_from
from tests.browser.infested import make_infested
from tests.browser.pages import Gallery
from tests.browser.payloads import MARKER, Poison, all_payloads
from tests.browser.people import sign_in
from tests.browser.sights import who_opens
from tests.browser.watch import Watch
from tests.permissions.routes import ROUTES, Route

GETS = [route for route in ROUTES if route.method == "GET" and "Y" in route.who]
POSTS = [route for route in ROUTES if route.method == "POST"]
HTML = {"text/html", "text/html; charset=utf-8"}  # the rest is never read as a page: nosniff
FILES = {"pages:audit_export"}  # text of another kind, and downloaded
QUERIES = (
    *("q", "in", "tag", "owner", "status", "view", "pane", "tab", "old", "new", "sample", "next"),
    *("environment", "version", "since", "until", "object", "actor", "event", "before", "page"),
    *("namespace", "block", "right", "on", "person", "team", "kind", "show", "live"),
)
# Fields that take no words: codes of a grammar, numbers of rows, digests, secrets.
WORDLESS = {
    "accounts.User": {"password", "email", "time_zone"},
    "audit.AuditEntry": {
        *("event", "outcome", "actor_kind", "actor_id", "actor_label_hash", "on_behalf"),
        *("target_kind", "target_id", "target_label_hash", "environment", "source", "address"),
        *("request_id", "previous_hash", "hash"),
    },
    "audit.AuditLabel": {"subject_kind", "subject_id", "salt"},
    "audit.SubscriberCursor": {"name"},
    "audit.ChainCheck": {"why"},
    "teams.Namespace": {"path", "lineage"},
    "teams.Invitation": {"token_hash", "role"},
    "prompts.Prompt": {"path"},
    "prompts.Version": {"content_hash"},
    "prompts.Draft": {"order"},
    "prompts.DraftBlock": {"type", "rows_as"},
    "prompts.DraftVariable": {"name", "type"},
    "environments.Environment": {"name"},
    "prompts.PromptFormerPath": {"path"},
    "prompts.NamingRule": {"pattern"},
    "environments.Rule": {"locks"},
    "environments.Release": {"made_by_kind"},
    "environments.Label": {"name"},
    "experiments.Experiment": {"arms", "plan", "split_id", "winner", "told"},
    "experiments.RolloutPlan": {"split_id", "steps", "hold"},
    "experiments.Shadow": {"model", "judge"},
    "experiments.ShadowAnswer": {"call_ident"},
    "releases.Waiver": {"content_hash", "finding", "gate", "subject"},  # names of variables
    "delivery.LogEvent": {"status"},
    "delivery.FeedbackEvent": {"kind"},
    "delivery.SentName": {"name"},
    "analytics.FeedbackHour": {"kind"},
    "analytics.PartHour": {"part", "kind"},
    "analytics.Alarm": {"subject"},
    "analytics.LiveCheck": {"judge"},
    "analytics.LiveLook": {"ident"},
    "delivery.KeptAnswer": {"call"},
    "environments.ApiKey": {"selector", "secret_hash"},
    "reviews.Decision": {"content_hash"},
    "notifications.InboxItem": {"event"},
    "notifications.NoticeChoice": {"kind"},
    "notifications.ToldSuggestion": {"state"},
    "prompts.Presence": {"tab"},
    "prompts.Dismissal": {"digest", "code"},
    "prompts.SnippetVersion": {"type", "rows_as"},
    # Names of models have a grammar of their own, as those of variables do.
    "llm.Connection": {"base_url", "secret_key_id", "secret_last4"},
    "llm.ConnectedModel": {"name", "remote_name"},
    "llm.Reservation": {"purpose", "run_ref"},
    "evaluations.Suite": {"variables"},
    "evaluations.Check": {"kind"},
    "evaluations.SuiteVersion": {"content_hash"},
    "evaluations.Run": {
        *("content_hash", "worker", "models", "judge", "embedding", "variant_of"),
    },
    "evaluations.Result": {"model", "error_code", "fingerprint", "judging", "lease_by"},
    "evaluations.ModelUpdate": {"before", "after"},
    "evaluations.SuiteSchedule": {"model", "zone"},
    "evaluations.TrialAnswer": {"model"},
}
WORDS = {"CharField", "TextField", "JSONField", "ArrayField", "EmailField"}


Landing = tuple[str, frozenset[str]]

STANDS = make_infested


@pytest.fixture(autouse=True)
def _loop_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's loop runs in this thread, where a view that asks a model can have none."""
    run = asyncio.run

    def elsewhere(asked: Any) -> Any:
        with ThreadPoolExecutor(1) as threads:
            return threads.submit(run, asked).result()

    monkeypatch.setattr(asyncio, "run", elsewhere)


@pytest.fixture(scope="module")
def watches() -> dict[str, Watch]:
    """One for each browser, made when it is first looked at."""
    return {}


@pytest.fixture(scope="module")
def drawn() -> set[str | None]:
    """The templates of what the browser showed."""
    return set()


@pytest.fixture(scope="module")
def landed() -> set[Landing]:
    """The pages that forms led on to."""
    return set()


def watch_of(gallery: Gallery, watches: dict[str, Watch], who: str) -> Watch:
    if who not in watches:
        watches[who] = Watch(gallery.page_of(who))
    return watches[who]


def named(route: Route) -> str:
    return f"{route.name} {route.who}"


# --- what is looked at -----------------------------------------------------------------------


def test_there_are_300_payloads():
    assert len(set(all_payloads())) == 300
    assert [text for text in all_payloads() if MARKER not in text] == []


def test_every_field_that_takes_words_holds_payloads(gallery: Gallery):
    found: dict[str, set[str]] = {}
    for model in apps.get_models():
        clean = set(clean_fields(model)) if is_ours(model) else set()
        if clean:
            found[model._meta.label] = clean

    assert found == WORDLESS


def is_ours(model: type[Model]) -> bool:
    return model.__module__.startswith("apps.") and "Historical" not in model.__name__


def clean_fields(model: type[Model]) -> list[str]:
    """Its fields of text in which no row has a payload."""
    rows = model._base_manager
    return [
        field.name
        for field in model._meta.concrete_fields
        if field.get_internal_type() in WORDS
        and not field.choices
        and not rows.annotate(as_text=Cast(field.name, TextField()))
        .filter(as_text__contains=MARKER)
        .exists()
    ]


# --- every page, every form ------------------------------------------------------------------


@pytest.mark.parametrize("route", [one for one in GETS if one.name not in FILES], ids=named)
def test_page_keeps_text_as_text(gallery: Gallery, watches, drawn, route: Route):
    """What no page before was made of is opened in the browser, the rest is parsed by it; `make
    bench` opens all."""
    who = who_opens(route)
    watch, client = watch_of(gallery, watches, who), gallery.client_of(who)
    address = reverse(route.name, args=route.args(gallery.world))
    query = urlencode(route.data(gallery.world), doseq=True)

    answer = client.get(f"{address}?{query}", follow=True)
    templates = {template.name for template in answer.templates}
    pages, stored = page_of(answer), []
    if templates - drawn:
        watch.page.goto(f"{address}?{query}")
        stored = watch.findings()
    pages += page_of(client.get(f"{address}?{hostile_query()}", follow=True))
    drawn |= templates

    assert (stored, watch.parsed(pages)) == ([], [])


def page_of(answer: Any) -> list[str]:
    return [answer.text] if answer.headers["Content-Type"] in HTML else []


def test_form_of_the_broken_glass_keeps_text_as_text(gallery: Gallery, watches):
    """None of the seven may open it."""
    watch = watch_of(gallery, watches, "second")
    route = next(one for one in POSTS if one.name == "releases:break_glass")
    address = reverse(route.name, args=route.args(gallery.world))

    watch.page.goto(f"{address}?version=2&environment=production")
    stored = watch.findings()
    show(watch.page, answer_to(gallery, route, "second", htmx=False))

    assert (stored, watch.findings()) == ([], [])


def hostile_query() -> str:
    return urlencode(dict(zip(QUERIES, islice(Poison(), len(QUERIES)), strict=True)))


@pytest.mark.parametrize("route", POSTS, ids=named)
def test_answers_of_a_form_keep_text_as_text(
    gallery: Gallery, watches, drawn, landed, route: Route
):
    """The form is taken here and taken back, as a page and as a piece of one. What nothing before
    was made of is shown in the browser, the rest is parsed by it; `make bench` shows it all."""
    who = who_opens(route)
    watch = watch_of(gallery, watches, who)
    found = []

    for htmx in (False, True):
        answer = answer_to(gallery, route, who, htmx, landed)
        templates = {template.name for template in answer.templates}
        if templates - drawn:
            show(watch.page, answer)
            found += watch.findings()
        else:
            found += watch.parsed([answer.text, said_in(answer)])
        drawn |= templates

    assert found == []


def test_what_was_typed_before_the_session_ended_stays_text(gallery: Gallery, watches):
    watch = watch_of(gallery, watches, "author")
    route = next(one for one in POSTS if one.name == "prompts:change_prompt")
    answer = answer_to(gallery, route, "anonymous", htmx=False)
    assert MARKER in answer.text

    show(watch.page, answer)

    assert watch.findings() == []


def answer_to(
    gallery: Gallery, route: Route, who: str, htmx: bool, landed: set[Landing] | None = None
) -> Any:
    """The last page or piece that a form full of payloads leads to. Where one of `landed` led
    already, only the way there: of that page no more than `said_in` the answer is new."""
    client = gallery.client_of(who, **({"HX-Request": "true"} if htmx else {}))
    with transaction.atomic(), coming_from("web"):
        address = reverse(route.name, args=route.args(gallery.world))
        data = hostile(route.data(gallery.world))
        response: Any = client.post(address, data)
        if not htmx and response.status_code in {302, 303}:  # where both lead is one page
            landing = landing_of(response.url)
            if landed is None or landing not in landed:
                response = client.get(response.url, follow=True)
            if landed is not None:
                landed.add(landing)
        transaction.set_rollback(True)
    assert response.status_code < 500
    return response


def landing_of(address: str) -> Landing:
    """The page, and the names of what its address asks of it."""
    parts = urlsplit(address)
    return resolve(parts.path).view_name, frozenset(parse_qs(parts.query))


def said_in(answer: Any) -> str:
    """What the page that comes next says of this act, as every page says it."""
    return render_to_string("_messages.html", {"messages": get_messages(answer.wsgi_request)})


def hostile(data) -> dict[str, object]:
    """Codes and numbers of the form stay; its words become payloads, and so do fields it lacks."""
    poison = Poison()
    words = {"name", "purpose", "tags", "reason", "text", "body", "title", "description", "quote"}
    extra = {name: poison.one() for name in (*words, "default", "choices", "segment", "email")}
    kept = {name: value for name, value in data.items() if name not in extra}
    return {**extra, **kept}


def show(page: Page, answer: Any) -> None:
    """This answer, with the policy that it came with."""
    show_as(page, answer.content, answer.headers["Content-Security-Policy"])


def show_as(page: Page, body: bytes, policy: str) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    page.route("**/shown/", lambda route: route.fulfill(body=body, headers=headers))
    page.goto("/shown/")
    page.unroute("**/shown/")


@pytest.mark.parametrize("address", ["/no/{}/", "/prompts/{}/", "/account/invitation/{}/"])
def test_address_stays_text(gallery: Gallery, watches, address: str):
    watch = watch_of(gallery, watches, "author")
    addresses = [address.format(quote(text, safe="")) for text in islice(Poison(), 20)]
    client = gallery.client_of("author")

    watch.page.goto(addresses[0])
    shown = watch.findings()
    pages = [client.get(one, follow=True).text for one in addresses]

    assert (shown, watch.parsed(pages)) == ([], [])


# --- the watch itself ------------------------------------------------------------------------


@pytest.fixture
def bare_page(browser: Browser, gallery: Gallery):
    """A page whose errors do not fail the test."""
    context = browser.new_context(base_url=gallery.place.live.url)
    page = context.new_page()
    sign_in(page, gallery.world.admin, gallery.place.live.url)
    yield page
    context.close()


def unescaped(page: Page) -> tuple[bytes, str]:
    """The page of help as it would be if one place wrote text as it is."""
    response = page.request.get(reverse("pages:help"))
    stays = [text for text in all_payloads()[:20] if "http-equiv" not in text]
    middle = "".join(stays)
    body = response.text().replace("</main>", f"{middle}</main>")
    return body.encode(), response.headers["content-security-policy"]


def test_watch_sees_text_that_became_elements(bare_page: Page):
    watch = Watch(bare_page)

    body, policy = unescaped(bare_page)
    show_as(bare_page, body, policy)
    found = watch.findings()

    kinds = {line.split()[0] for line in found}
    assert kinds == {"element", "request", "report"}  # the policy lets no script run


def test_watch_parses_the_elements_that_it_would_see(bare_page: Page):
    watch = Watch(bare_page)

    body, policy = unescaped(bare_page)
    show_as(bare_page, body, policy)
    seen = tags(line for line in watch.findings() if line.startswith("element"))

    assert seen != set()
    assert seen - tags(watch.parsed([body.decode()])) == set()


def tags(found: Iterable[str]) -> set[str]:
    """Of the elements in these lines; htmx adds to their attributes where it runs."""
    return {line.split()[1].strip("<>") for line in found}


def test_watch_sees_script_where_no_policy_stops_it(bare_page: Page):
    watch = Watch(bare_page)

    body, _policy = unescaped(bare_page)
    show_as(bare_page, body, "")

    assert "dialog 1" in watch.findings()
