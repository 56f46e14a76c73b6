"""T32: a reviewer is shown all that they sign: the places that differ on the page are exactly the
places that differ, by a comparer of this file's own; and the words on the page are the words."""

from __future__ import annotations

import copy
import os
from html.parser import HTMLParser
from itertools import combinations
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.prompts.compare import compare
from apps.prompts.content import new_block, new_content, new_variable
from apps.reviews.reading import read

EXAMPLES = int(os.environ.get("GALLEY_T32_EXAMPLES", "60"))
BLOCK_FIELDS = ("title", "body", "type", "enabled", "rows", "snippet", "as")
VIEWS = ("together", "side", "final")


class Page(HTMLParser):
    """Paths of `data-paths`, and the text of every `<p data-text=SIDE>` without hidden words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.paths: set[str] = set()
        self.markers: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.paths |= set((found.get("data-paths") or "").split())
        if "odd" in (found.get("class") or "").split():
            self.markers.append(found.get("data-marker") or "")
        if tag == "p" and "data-text" in found:
            self.texts.append((found["data-text"] or "", ""))
        if tag not in ("input", "use", "br"):
            self.stack.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        inside = any(t == "p" and "data-text" in a for t, a in self.stack)
        hidden = any("vh" in (a.get("class") or "").split() for _t, a in self.stack)
        if inside and not hidden:
            side, text = self.texts[-1]
            self.texts[-1] = (side, text + data)


def drawn(old: Any, new: Any, view: str = "side") -> Page:
    reading = read(compare(old, new), view=view, old_label="v1", new_label="v2")
    request = RequestFactory().get("/prompts/a/b/-/compare/")
    return Page(render_to_string("prompts/_comparison.html", {"reading": reading}, request=request))


def differences(old: dict[str, Any], new: dict[str, Any]) -> set[str]:
    """Independent of `compare`: blocks by key, variables by name, the rest by its top name."""
    before = {b["key"]: b for b in old["blocks"]}
    after = {b["key"]: b for b in new["blocks"]}
    found = {f"blocks/{key}" for key in before.keys() ^ after.keys()}
    for key in before.keys() & after.keys():
        for name in BLOCK_FIELDS:
            if before[key].get(name) != after[key].get(name):
                found.add(f"blocks/{key}/{name}")
    was = {v["name"]: v for v in old["variables"]}
    now = {v["name"]: v for v in new["variables"]}
    found |= {f"variables/{name}" for name in was.keys() ^ now.keys()}
    for name in was.keys() & now.keys():
        for part in was[name]:
            if was[name][part] != now[name][part]:
                found.add(f"variables/{name}/{part}")
    if old["rendering"]["headings"] != new["rendering"]["headings"]:
        found.add("rendering/headings")
    if old["output"]["format"] != new["output"]["format"]:
        found.add("output/format")
    was, now = (leaf_texts(side["output"]["json_schema"]) for side in (old, new))
    if (old["output"]["json_schema"] is None) != (new["output"]["json_schema"] is None):
        found.add("output/json_schema")
    else:
        found |= {f"output/json_schema/{name}" for name in was.keys() | now.keys()
                  if was.get(name) != now.get(name)}  # fmt: skip
    return found | model_differences(old["models"], new["models"])


def leaf_texts(schema: dict[str, str] | None) -> dict[str, str]:
    return schema or {}


def model_differences(old: list[Any], new: list[Any]) -> set[str]:
    was, now = ({m["model"]: leaves(m) for m in side} for side in (old, new))
    found = {f"models/{name}" for name in was.keys() ^ now.keys()}
    for name in was.keys() & now.keys():
        for path in was[name].keys() | now[name].keys():
            if was[name].get(path) != now[name].get(path):
                found.add(f"models/{name}/{path}")
    return found


def leaves(model: dict[str, Any]) -> dict[str, Any]:
    groups = ("parameters", "overrides")
    return {f"{group}/{k}": v for group in groups for k, v in model[group].items()}


words = st.text("ab {}\n.<>&\"'é", max_size=40)
KEYS = [f"{n:08d}-0000-4000-8000-000000000000" for n in range(5)]


@st.composite
def documents(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document, and the same with some of its fields changed; the order stays."""
    count = draw(st.integers(1, 4))
    blocks = [
        new_block("instructions", title=f"Title {n}", body=f"{n} {draw(words)}", key=KEYS[n])
        for n in range(count)
    ]
    variables = [new_variable("name"), new_variable("mood", required=False)]
    old = new_content() | {"blocks": blocks, "variables": variables}
    new = copy.deepcopy(old)
    for block in new["blocks"]:
        if draw(st.booleans()):
            block["body"] = f"{block['body']}{draw(words)}"
        if draw(st.integers(0, 3)) == 0:
            block["title"] = draw(st.sampled_from(["Other", "Words", ""]))
        if draw(st.integers(0, 3)) == 0:
            block["enabled"] = False
        if draw(st.integers(0, 3)) == 0:
            block["type"] = "guardrails"
    if draw(st.booleans()):
        new["blocks"].append(new_block("context", body="zz yy xx added", key=KEYS[4]))
    if draw(st.booleans()):
        new["variables"][0] = new_variable("name", type="number", description="How many")
    if draw(st.booleans()):
        new["variables"].append(new_variable("added", max_length=9))
    if draw(st.booleans()):
        new["rendering"] = new["rendering"] | {"headings": "xml"}
    for side in (old, new):
        side["models"] = draw(models)
        schemas = st.none() | st.dictionaries(st.sampled_from(["title", "$comment"]), words)
        side["output"] = {"format": "json", "json_schema": draw(schemas)}
    give_examples(draw, old, new)
    for block in new["blocks"][:count]:
        if draw(st.integers(0, 3)) == 0:
            block["snippet"] = {"path": "desk/tone", "version": draw(st.integers(1, 3))}
    return old, new


def give_examples(draw: st.DrawFn, old: dict[str, Any], new: dict[str, Any]) -> None:
    before = new_block("examples", key="00000009-0000-4000-8000-000000000000")
    before["rows"] = draw(rows)
    after = {**before, "rows": draw(st.just(before["rows"]) | rows)}
    if draw(st.booleans()):
        after["as"] = "messages" if before["as"] != "messages" else "text"
    old["blocks"].append(before)
    new["blocks"].append(after)


rows = st.lists(st.fixed_dictionaries({"input": words, "output": words}), min_size=1, max_size=3)
models = st.lists(
    st.fixed_dictionaries(
        {
            "model": st.sampled_from(["house-small", "house-large"]),
            "parameters": st.dictionaries(
                st.sampled_from(["temperature", "max_output_tokens"]), st.integers(1, 3)
            ),
            "overrides": st.dictionaries(
                st.sampled_from(KEYS[:2]),
                st.fixed_dictionaries({"body": words}) | st.just({"enabled": False}),
            ),
        }
    ),
    max_size=1,
)


@pytest.mark.parametrize("view", VIEWS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_t32_each_view_shows_every_place_that_differs_and_no_other(view, pair):
    old, new = pair

    assert drawn(old, new, view).paths == differences(old, new)
    assert drawn(new, old, view).paths == differences(new, old)


@pytest.mark.parametrize("view", VIEWS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(5)), st.sets(st.integers(0, 4), max_size=2))
def test_t32_each_view_shows_the_fewest_moves_that_explain_an_order(view, order, gone):
    old = new_content() | {"blocks": [new_block("note", body=f"{KEYS[n]}") for n in range(5)]}
    old["blocks"] = [{**block, "key": KEYS[n]} for n, block in enumerate(old["blocks"])]
    kept = [n for n in order if n not in gone]
    new = new_content() | {"blocks": [old["blocks"][n] for n in kept]}

    page = drawn(old, new, view)

    moved = {KEYS.index(path.split("/")[1]) for path in page.paths if path.endswith("/place")}
    stayed = [n for n in kept if n not in moved]
    assert stayed == sorted(stayed)
    assert len(stayed) == max(
        size
        for size in range(len(kept) + 1)
        for run in combinations(kept, size)
        if list(run) == sorted(run)
    )
    removed = {path for path in page.paths if not path.endswith("/place")}
    assert removed == {f"blocks/{KEYS[n]}" for n in gone}


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_t32_the_words_on_the_page_are_the_words_of_the_text(pair):
    old, new = pair

    bodies = [block["body"] for block in new["blocks"] if block["body"]]
    for view in ("side", "final"):
        page = drawn(old, new, view)
        assert [text for side, text in page.texts if side == "new"] == bodies


def test_t32_what_is_refused_by_the_text_is_escaped():
    old = new_content() | {"blocks": []}
    body = "<img src=x onerror=alert(1)> </p><script>alert(2)</script>"
    new = new_content() | {"blocks": [new_block("note", body=body)]}

    page = drawn(old, new)

    assert ("new", body) in page.texts


ODD = "pay\u202elap\u200b {{name}}\U000e0041"
ODD_NAMES = ["Right-to-left override", "Zero width space", "Tag character A"]


@pytest.mark.parametrize("view", ["side", "together", "final"])
def test_t32_what_nobody_can_see_is_marked_and_the_text_stays_the_text(view):
    new = new_content() | {"blocks": [new_block("note", body=ODD)]}

    page = drawn(new_content(), new, view)

    assert {text for _side, text in page.texts} == {ODD}
    for at in range(0, len(page.markers), len(ODD_NAMES)):
        assert page.markers[at : at + len(ODD_NAMES)] == ODD_NAMES
    assert len(page.markers) == len(page.texts) * len(ODD_NAMES)


def test_t32_what_nobody_can_see_is_marked_in_edits_titles_and_fields():
    before = new_block("note", title="One", body="pay pal", key=KEYS[0])
    after = {**before, "title": "On\u200be", "body": "pay p\u202eal"}
    variable = new_variable("name", required=False, default="o\u2060k", description="a\u200ec")
    old = new_content() | {"blocks": [before], "variables": [new_variable("name")]}
    new = new_content() | {"blocks": [after], "variables": [variable]}

    markers = set(drawn(old, new).markers)

    assert {"Zero width space", "Right-to-left override"} <= markers
    assert {"Word joiner", "Left-to-right mark"} <= markers


@pytest.mark.parametrize("view", ["side", "together", "final"])
def test_t32_a_moved_block_is_one_block(view):
    blocks = [new_block("note", body=f"Words of block {n}", key=KEYS[n]) for n in range(3)]
    old, new = new_content() | {"blocks": blocks}, new_content() | {"blocks": blocks[::-1]}

    page = drawn(old, new, view)

    moved = {path for path in page.paths if path.endswith("/place")}
    assert page.paths == moved and len(moved) == 2


@pytest.mark.parametrize("view", ["side", "together", "final"])
def test_t32_variables_and_settings_are_shown_in_every_view(view):
    old = new_content() | {"variables": [new_variable("name")]}
    new = new_content() | {"variables": [new_variable("name", description="Whose")]}
    new["rendering"] = new["rendering"] | {"headings": "xml"}

    assert drawn(old, new, view).paths == {"variables/name/description", "rendering/headings"}


@pytest.mark.parametrize("view", VIEWS)
def test_t32_hostile_words_of_a_model_and_a_schema_are_shown_and_escaped(view):
    hostile = "<img/src=x/onerror=alert(1)></td><script>alert(2)</script>\u202e"
    block = new_block("note", body="Words", key=KEYS[0])
    old = new_content() | {"blocks": [block], "models": [], "output": new_content()["output"]}
    model = {"model": hostile, "parameters": {}, "overrides": {KEYS[0]: {"body": hostile}}}
    answer = {"format": "json", "json_schema": {"title": hostile}}
    new = new_content() | {"blocks": [block], "models": [model], "output": answer}

    reading = read(compare(old, new), view=view, old_label="v1", new_label="v2")
    request = RequestFactory().get("/prompts/a/b/-/compare/")
    html = render_to_string("prompts/_comparison.html", {"reading": reading}, request=request)

    assert "<script" not in html and "<img" not in html
    assert Page(html).paths == {f"models/{hostile}", "output/format", "output/json_schema"}
    assert html.count("&lt;script&gt;") >= 4
    assert "Right-to-left override" in Page(html).markers
