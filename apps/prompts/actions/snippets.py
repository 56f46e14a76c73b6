"""Snippets. What one says is governed, like versions; which of them a draft pins is working."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.prompts import events
from apps.prompts.actions.blocks import _clean_rows, _clean_style
from apps.prompts.actions.desk import Desk
from apps.prompts.actions.paths import _locked_namespace
from apps.prompts.actions.structure import _inserted, _require_room
from apps.prompts.content.text import check_block_size
from apps.prompts.entrance import (
    MAX_NAME,
    MAX_PURPOSE,
    clean_line,
    clean_reason,
    clean_text,
    clean_title,
    require_block_type,
)
from apps.prompts.models import Draft, DraftBlock, Snippet, SnippetVersion
from apps.prompts.permissions import (
    can_change_snippet,
    can_create_snippet,
    can_pin_snippet,
    can_restore_snippet,
    can_view_snippet,
)
from apps.prompts.queries.documents import pinned_part
from apps.prompts.queries.snippets import newest_version
from apps.prompts.saving import as_rows
from apps.teams.models import Namespace

FIELDS = ("type", "title", "body", "rows", "rows_as")


@governed
def create_snippet(
    namespace: Namespace,
    *,
    name: str,
    type: str,
    body: str,
    title: str = "",
    rows: Sequence[Mapping[str, str]] = (),
    rows_as: str = "messages",
    purpose: str = "",
    actor: Any,
) -> Snippet:
    """A snippet and its v1. Raises Invalid for a name that is taken in the namespace."""
    words = _clean_words(type, title, body, rows, rows_as)
    place = _locked_namespace(namespace)
    require(can_create_snippet(actor, place))
    snippet = _make(place, name, purpose, words, actor)
    path = f"{place.path}/{snippet.name}"
    record(
        events.SNIPPET_CREATED,
        actor=actor, target=snippet, namespace=place, path=path, from_prompt="",
    )  # fmt: skip
    return snippet


@governed
def share_block(
    block: DraftBlock, *, namespace: Namespace, name: str, purpose: str = "", actor: Any
) -> Snippet:
    """A snippet that says what the block says; the block becomes a pin of its v1."""
    place = _locked_namespace(namespace)
    require(can_create_snippet(actor, place))
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    if current.snippet_version_id is not None:
        sentence = _("This block is a snippet already. Pin that one in other prompts too.")
        require(not_possible("is_snippet", sentence))
    words = {field: getattr(current, field) for field in FIELDS}
    _require_words(words)
    snippet = _make(place, name, purpose, words, actor)
    current.snippet_version = newest_version(snippet)
    desk.write(current)
    desk.finish(structure=True)
    record(
        events.SNIPPET_CREATED,
        actor=actor,
        target=snippet,
        namespace=place,
        path=f"{place.path}/{snippet.name}",
        from_prompt=desk.prompt.path,
    )
    return snippet


def _make(
    place: Namespace, name: str, purpose: str, words: Mapping[str, Any], actor: Any
) -> Snippet:
    cleaned = clean_line("name", name, MAX_NAME, required=True)
    if "/" in cleaned:
        raise Invalid({"name": [_("A name has no “/”: it stands between namespace and name.")]})
    if place.snippets.filter(name__iexact=cleaned).exists():
        sentence = _("There is a snippet “%(name)s” in %(path)s already. Choose another name.")
        raise Invalid({"name": [sentence % {"name": cleaned, "path": place.path}]})
    person = Desk.person_of(actor)
    described = clean_line("purpose", purpose, MAX_PURPOSE)
    snippet = Snippet(namespace=place, name=cleaned, purpose=described, created_by=person)
    snippet.save()
    SnippetVersion(snippet=snippet, number=1, author=person, **words).save()
    return snippet


def _clean_words(
    type: str, title: str, body: str, rows: Sequence[Mapping[str, str]], rows_as: str
) -> dict[str, Any]:
    require_block_type(type)
    words = {
        "type": type,
        "title": clean_title(title),
        "body": clean_text("body", body),
        "rows": as_rows(_clean_rows(rows)) if type == "examples" else [],
        "rows_as": _clean_style(rows_as),
    }
    _require_words(words)
    return words


def _require_words(words: Mapping[str, Any]) -> None:
    """A snippet is exactly one block: it says something, and fits where a block fits."""
    texts = [
        words["title"],
        words["body"],
        *(text for row in words["rows"] for text in row.values()),
    ]
    if not any(text.strip() for text in texts):
        raise Invalid({"body": [_("A snippet needs words. Write what the prompts shall share.")]})
    if sentence := check_block_size(sum(len(text.encode()) for text in texts)):
        raise Invalid({"body": [sentence]})


@governed
def change_snippet(
    snippet: Snippet,
    *,
    seen: int,
    body: str,
    title: str = "",
    rows: Sequence[Mapping[str, str]] = (),
    rows_as: str = "messages",
    reason: str,
    actor: Any,
) -> SnippetVersion:
    """The next version; no prompt says anything else by it. Invalid where `seen`, the version
    that the words began from, is not the newest any more; NotPossible where nothing changed."""
    why = clean_reason(reason)
    place = _locked_namespace(snippet.namespace)
    locked = Snippet.objects.get(pk=snippet.pk)
    require(can_change_snippet(actor, locked))
    last = newest_version(locked)
    words = _clean_words(last.type, title, body, rows, rows_as)
    _require_news(last, seen, words)
    person = Desk.person_of(actor)
    version = SnippetVersion(
        snippet=locked, number=last.number + 1, reason=why, author=person, **words
    )
    version.save()
    touch("snippet", locked.pk)
    record(
        events.SNIPPET_CHANGED,
        actor=actor,
        target=locked,
        namespace=place,
        reason=why,
        path=f"{place.path}/{locked.name}",
        number=version.number,
        snippet_id=locked.pk,
    )
    return version


def _require_news(last: SnippetVersion, seen: int, words: Mapping[str, Any]) -> None:
    if all(getattr(last, field) == words[field] for field in FIELDS):
        sentence = _("Nothing changed since v%(number)s, so there is no new version to save.")
        require(not_possible("nothing_changed", sentence % {"number": last.number}))
    if seen != last.number:
        sentence = _("v%(number)s was saved meanwhile. Look at it, then save yours over it.")
        raise Invalid({"body": [sentence % {"number": last.number}]})


@governed
def archive_snippet(snippet: Snippet, *, reason: str = "", actor: Any) -> Snippet:
    """It is not offered any more; where it is pinned, nothing changes."""
    why = clean_text("reason", reason).strip()
    place = _locked_namespace(snippet.namespace)
    locked = Snippet.objects.get(pk=snippet.pk)
    require(can_change_snippet(actor, locked))
    locked.archived_at = timezone.now()
    locked.save()
    path = f"{place.path}/{locked.name}"
    record(
        events.SNIPPET_ARCHIVED, actor=actor, target=locked, namespace=place, reason=why, path=path
    )
    return locked


@governed
def restore_snippet(snippet: Snippet, *, reason: str = "", actor: Any) -> Snippet:
    why = clean_text("reason", reason).strip()
    place = _locked_namespace(snippet.namespace)
    locked = Snippet.objects.get(pk=snippet.pk)
    require(can_restore_snippet(actor, locked))
    locked.archived_at = None
    locked.save()
    path = f"{place.path}/{locked.name}"
    record(
        events.SNIPPET_UNARCHIVED, actor=actor, target=locked, namespace=place, reason=why,
        path=path,
    )  # fmt: skip
    return locked


@working
def pin_snippet(
    draft: Draft, *, snippet: Snippet, after: uuid.UUID | None = None, actor: Any
) -> DraftBlock:
    """A block with the newest words of the snippet, after the one with that key."""
    require(can_pin_snippet(actor, snippet))
    desk = Desk.at(draft, actor)
    _require_room(desk)
    block = desk.new_block(pinned_part(newest_version(snippet)))
    desk.order(_inserted(desk.draft.order, block.key, after))
    return block


@working
def update_pin(block: DraftBlock, *, actor: Any) -> DraftBlock:
    """The block says what the newest version of its snippet says."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    if current.snippet_version is None:
        sentence = _("This block is no snippet any more, so there is nothing to update.")
        require(not_possible("no_snippet", sentence))
    assert current.snippet_version is not None
    require(can_view_snippet(actor, current.snippet_version.snippet))
    newest = newest_version(current.snippet_version.snippet)
    if newest.pk != current.snippet_version_id:
        _move_pin(current, newest)
        desk.write(current)
        desk.credit_pin(newest)
        desk.finish(structure=True)
    return current


def _move_pin(block: DraftBlock, version: SnippetVersion) -> None:
    block.snippet_version = version
    for field in FIELDS:
        setattr(block, field, getattr(version, field))


@working
def detach_block(block: DraftBlock, *, actor: Any) -> DraftBlock:
    """The block keeps its words, and they are its own again."""
    desk = Desk.at(block.draft, actor)
    current = desk.block(block)
    if current.snippet_version_id is not None:
        current.snippet_version = None
        desk.write(current)
        desk.finish(structure=True)
    return current
