"""T3: what goes live is byte for byte what was approved."""

from __future__ import annotations

import copy
import threading
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import NotPossible
from apps.prompts.actions import make_version
from apps.prompts.content import (
    canonical_bytes,
    check_content,
    content_hash,
    new_block,
    new_content,
    new_variable,
)
from apps.prompts.queries import draft_of
from apps.releases import gates
from apps.releases.queries import live_release
from tests.releases.world import edit, make_world

DOCUMENT = new_content() | {
    "blocks": [
        new_block("instructions", title="# Steps", body="Greet {{name}}."),
        new_block("examples", rows=[{"input": "Hi", "output": "Hello"}]),
        new_block("note", body="Why"),
    ],
    "variables": [
        new_variable("name", max_length=20, description="Who asks"),
        new_variable("mood", type="choice", choices=["calm", "angry"], required=False),
    ],
    "models": [
        {
            "model": "openai/gpt-5", "parameters": {"temperature": 0.2, "top_p": 1},
            "overrides": {"11111111-1111-4111-8111-111111111111": {"body": "Shorter"}},
        }
    ],
    "tools": [{"name": "look_up", "description": "Finds an order"}],
}  # fmt: skip


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document that can be changed."""
    if isinstance(value, dict):
        return [place for key in value for place in leaves(value[key], (*path, key))] or [path]
    if isinstance(value, list):
        places = [place for k, item in enumerate(value) for place in leaves(item, (*path, k))]
        return [*places, path]
    return [path]


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, list):
        return [*value, "one more"]
    return {"changed": True} if isinstance(value, dict) else "changed"


def mutated(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = other(place[path[-1]])
    return changed


@pytest.mark.parametrize("path", leaves(DOCUMENT), ids=lambda path: "/".join(map(str, path)))
def test_t03_every_field_is_under_the_hash(path):
    before = content_hash(canonical_bytes(DOCUMENT))

    after = content_hash(canonical_bytes(mutated(DOCUMENT, path)))

    assert after != before


def test_t03_the_same_content_has_the_same_hash():
    shuffled = {key: copy.deepcopy(DOCUMENT[key]) for key in reversed(DOCUMENT)}

    assert content_hash(canonical_bytes(shuffled)) == content_hash(canonical_bytes(DOCUMENT))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_t03_any_other_wording_has_another_hash(text):
    changed = copy.deepcopy(DOCUMENT)
    changed["blocks"][0]["body"] = text

    same = content_hash(canonical_bytes(changed)) == content_hash(canonical_bytes(DOCUMENT))

    assert same == (text == DOCUMENT["blocks"][0]["body"])


def test_t03_the_document_of_this_test_shows_every_field():
    assert {key for block in DOCUMENT["blocks"] for key in block} == {
        "key", "type", "title", "body", "enabled", "snippet", "rows", "as",
    }  # fmt: skip
    assert [p.path for p in check_content(DOCUMENT | {"tools": [], "models": []})] == []


def test_t03_release_of_a_version_that_was_edited_after_approval_is_refused(world):
    prompt = world.prompt()
    approved = world.version(prompt, "Approved words")
    world.approved(prompt, approved, "staging")
    edited = world.version(prompt, "Edited words")

    with pytest.raises(NotPossible) as refused:
        world.release(prompt, edited, "staging")
    world.release(prompt, approved, "staging")

    assert refused.value.code == "gate_closed"
    assert live_release(prompt, world.places["staging"]).version.content_hash == (
        approved.content_hash
    )


def test_t03_an_edit_between_the_reading_of_approvals_and_the_release(own_database, monkeypatch):
    """A second connection types and asks anew exactly then. What goes live is what was approved."""
    world = make_world()
    prompt = world.prompt()
    approved = world.version(prompt, "Approved words")
    world.approved(prompt, approved, "production")
    read, edited = threading.Event(), threading.Event()
    real = gates.approvals_for

    def approvals_then_wait(version, environment):
        found = real(version, environment)
        if threading.current_thread() is threading.main_thread() and not read.is_set():
            read.set()
            edited.wait(10)
        return found

    def type_and_make_a_version():
        read.wait(10)
        try:
            edit(prompt, "Edited words", world["author"])
            edited.set()  # the release goes on; the version waits for its lock
            versions.append(make_version(draft_of(prompt), reason="Why", actor=world["author"]))
        finally:
            edited.set()
            connection.close()

    versions: list[Any] = []
    monkeypatch.setattr(gates, "approvals_for", approvals_then_wait)
    editor = threading.Thread(target=type_and_make_a_version)
    editor.start()
    try:
        release = world.release(prompt, approved, "production")
    finally:
        edited.set()
        editor.join(20)

    assert read.is_set() and len(versions) == 1
    assert versions[0].content_hash != approved.content_hash
    assert release.version.content_hash == approved.content_hash
    assert world.live(prompt, "production") == approved.number
