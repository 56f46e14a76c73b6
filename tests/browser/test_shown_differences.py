"""T12: the words of a shown comparison are the words of the two texts, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from apps.prompts.compare import compare
from apps.prompts.content import new_block, new_content
from apps.reviews.reading import read
from tests.browser.payloads import all_payloads

KEY = "11111111-1111-4111-8111-111111111111"
VOID = {"input", "br", "hr", "img", "use", "meta", "link", "wbr"}
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")
HARD = [*all_payloads(), "{{x}}", "&amp;", "<!--", " ", "\n", "\t", "\u202e", "’", "one two three"]
TEXT = st.lists(st.one_of(st.sampled_from(HARD), st.text(LETTERS, max_size=12)), max_size=12).map(
    "".join
)


class Shown(HTMLParser):
    """The text inside the elements with `data-text=side`, as somebody who looks would read it.

    `leave_out` are elements whose text is not counted: what was removed, or what was added.
    """

    def __init__(self, side: str, leave_out: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.side, self.leave_out = side, leave_out
        self.open: list[tuple[str, bool, bool]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        given_ = dict(attrs)
        inside = self._inside or given_.get("data-text") == self.side
        spoken = "vh" in (given_.get("class") or "").split()
        self.open.append((tag, inside, self._hidden or spoken or tag == self.leave_out))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._inside and not self._hidden:
            self.text += data

    @property
    def _inside(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    @property
    def _hidden(self) -> bool:
        return bool(self.open) and self.open[-1][2]


def document(body: str):
    return new_content() | {"blocks": [new_block("instructions", body=body, key=KEY)]}


def page_of(old: str, new: str, view: str) -> str:
    reading = read(compare(document(old), document(new)), view=view)
    request = RequestFactory().get("/", {"view": view})
    request.user = AnonymousUser()
    return render_to_string("prompts/_comparison.html", {"reading": reading}, request)


def shown(html: str, side: str, leave_out: str = "") -> str:
    parser = Shown(side, leave_out)
    parser.feed(html)
    parser.close()
    return parser.text


@pytest.mark.django_db
@settings(max_examples=150)
@given(TEXT, TEXT)
@example("a <b>c</b>", "a <i>c</i>")
@example("", "".join(all_payloads()))
def test_each_side_shows_its_own_text_exactly(old: str, new: str):
    html = page_of(old, new, "side")

    assert shown(html, "new") == new
    assert shown(html, "old") == old


@pytest.mark.django_db
@settings(max_examples=100)
@given(TEXT, TEXT)
def test_together_without_what_was_removed_is_the_new_text(old: str, new: str):
    html = page_of(old, new, "together")

    assert shown(html, "together", leave_out="del") == new
    assert shown(html, "together", leave_out="ins") == old


@pytest.mark.django_db
@settings(max_examples=50)
@given(TEXT, TEXT)
def test_final_text_is_the_new_text(old: str, new: str):
    assert shown(page_of(old, new, "final"), "new") == new


# What stands in the elements of a side, without the words for screen readers and one kind of mark.
READ = """([view, side, mark]) => [...document.querySelectorAll(`#${view} [data-text=${side}]`)]
    .map((one) => {
        const copy = one.cloneNode(true);
        copy.querySelectorAll(`.vh${mark && "," + mark}`).forEach((part) => part.remove());
        return copy.textContent;
    }).join("")"""


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT, TEXT)
@example("", "".join(all_payloads()))
@example("one\n\n two ", "\none\n two\n")
def test_browser_has_the_texts_exactly_in_each_view(tab: Page, old: str, new: str):
    views = ("together", "side", "final")
    parts = [f'<div id="{view}">{page_of(old, new, view)}</div>' for view in views]
    tab.set_content(f"<!doctype html><body>{''.join(parts)}")

    assert tab.evaluate(READ, ["together", "together", "del"]) == new
    assert tab.evaluate(READ, ["together", "together", "ins"]) == old
    assert tab.evaluate(READ, ["side", "new", ""]) == new
    assert tab.evaluate(READ, ["side", "old", ""]) == old
    assert tab.evaluate(READ, ["final", "new", ""]) == new


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A page of no server: nothing in it can be asked for."""
    context = browser.new_context(java_script_enabled=True, offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.django_db
def test_reader_of_pages_counts_what_a_person_reads():
    html = (
        '<p data-text="new">a<ins><span class="vh">added: </span>&lt;b&gt;</ins><del>x</del></p>z'
    )

    assert shown(html, "new", leave_out="del") == "a<b>"
    assert shown(html, "new") == "a<b>x"
