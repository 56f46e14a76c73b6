from __future__ import annotations

import uuid

import pytest

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotVisible
from apps.prompts.queries import draft_of
from apps.reviews.actions import reopen_thread, reply, resolve_thread, start_thread
from apps.reviews.queries import threads_of
from tests.releases.world import edit


@pytest.fixture
def review(world):
    prompt = world.prompt()
    edit(prompt, "Thank once.\n  Name the date.", world["author"])
    return world.review(prompt, world.version(prompt, "Thank once. Name the date."), "production")


@pytest.fixture
def key(review):
    return draft_of(review.prompt).blocks.get().key


def test_thread_hangs_on_a_block_and_a_quote(world, review, key):
    before = AuditEntry.objects.count()

    thread = start_thread(
        review, block_key=key, quote="Name the  date.", body="Which one?\r\n",
        actor=world["reviewer"],
    )  # fmt: skip

    assert (thread.block_label, thread.quote) == ("Instructions", "Name the date.")
    assert [(t.gone, [c.body for c in t.comments.all()]) for t in threads_of(review)] == [
        (False, ["Which one?"])
    ]
    assert AuditEntry.objects.count() == before


def test_thread_says_when_its_quote_is_gone_and_keeps_it(world, review, key):
    start_thread(review, block_key=key, quote="Name the date", body="No", actor=world["reviewer"])
    start_thread(review, block_key=key, quote="Thank once", body="Good", actor=world["reviewer"])

    world.review(review.prompt, world.version(review.prompt, "Thank once. No date."), "production")

    assert [(t.quote, t.gone) for t in threads_of(review)] == [
        ("Name the date", True), ("Thank once", False),
    ]  # fmt: skip


def test_thread_on_the_whole_text_has_no_block(world, review):
    thread = start_thread(review, block_key=None, body="Fine", actor=world["reviewer"])

    assert (thread.block_key, thread.block_label, thread.quote) == (None, "", "")


def test_resolved_thread_opens_again_with_a_reply(world, review):
    thread = start_thread(review, block_key=None, body="Fine", actor=world["reviewer"])

    resolve_thread(thread, actor=world["author"])
    found = threads_of(review)
    assert (found.open, [t.resolved_by for t in found.resolved]) == ([], [world["author"]])
    reply(thread, body="Not so fast", actor=world["reviewer"])

    assert [t.comments.count() for t in threads_of(review).open] == [2]
    resolve_thread(thread, actor=world["author"])
    assert reopen_thread(thread, actor=world["author"]).resolved_at is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"body": "  "}, "body"),
        ({"body": "x" * 10_001}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"block_key": uuid.uuid4()}, "block_key"),
    ],
)
def test_comment_that_cannot_be_taken_is_refused_with_a_sentence(world, review, fields, name):
    with pytest.raises(Invalid) as refused:
        start_thread(review, **({"block_key": None, "body": "x"} | fields), actor=world["reviewer"])

    assert list(refused.value.errors) == [name]
    assert threads_of(review) == []


@pytest.mark.parametrize(("who", "error"), [("viewer", NotAllowed), ("outsider", NotVisible)])
def test_who_may_not_comment_is_refused(world, review, who, error):
    thread = start_thread(review, block_key=None, body="Fine", actor=world["reviewer"])

    for act in (
        lambda: start_thread(review, block_key=None, body="x", actor=world[who]),
        lambda: reply(thread, body="x", actor=world[who]),
        lambda: resolve_thread(thread, actor=world[who]),
        lambda: reopen_thread(thread, actor=world[who]),
    ):
        with pytest.raises(error):
            act()
