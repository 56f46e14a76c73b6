"""Who wrote each sentence of a block, when and why; and the way back to what it said."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.pages.queries.blame import blame_of
from apps.prompts.actions import import_prompt, make_version, restore_text, save_block
from apps.prompts.imported import ImportedVersion
from apps.prompts.models import DraftContributor
from apps.prompts.queries import draft_of
from apps.prompts.splitter import content_from_text
from tests.pages.test_prompt_pages import texts


@pytest.fixture
def prompt(world):
    return world.prompt()


def first_block(prompt):
    return draft_of(prompt).blocks.get(key=draft_of(prompt).order[0])


def say(prompt, body, person):
    block = first_block(prompt)
    return save_block(block, revision=block.revision, body=body, actor=person).block


@pytest.fixture
def later(monkeypatch):
    """What is saved from now on is so many hours later in the histories."""

    def go(hours):
        clock = SimpleNamespace(now=lambda: timezone.now() + timedelta(hours=hours))
        monkeypatch.setattr("simple_history.models.timezone", clock)

    return go


def address(prompt):
    return f"/prompts/{prompt.path}/-/blocks/{first_block(prompt).key}/who/"


def names(world, prompt, person="viewer"):
    """(sentence, names of who wrote words of it) of the present text."""
    found = blame_of(world[person], first_block(prompt))
    return [
        ("".join(text for text, _row in passage.parts).strip(),
         [str(row.step.person) for row in passage.rows])
        for passage in found.passages
    ]  # fmt: skip


def test_each_sentence_names_its_writer_and_the_reason_of_its_version(world, prompt, signed_in):
    say(prompt, "Be kind.", world["author"])
    make_version(draft_of(prompt), reason="Kindness first", actor=world["author"])
    say(prompt, "Be kind.\nNever promise money.", world["author2"])

    assert names(world, prompt) == [
        ("Be kind.", [str(world["author"])]),
        ("Never promise money.", [str(world["author2"])]),
    ]
    page = texts(signed_in(world["viewer"]).get(address(prompt)))
    assert "“Kindness first”" in page
    assert "in no version yet" in page


def test_who_approved_and_the_review_stand_with_the_step(world, prompt, signed_in):
    version = world.version(prompt, "Say hello and thank you.")
    review = world.approved(prompt, version, "production")

    page = signed_in(world["viewer"]).get(address(prompt)).content.decode()

    assert f"/reviews/{review.pk}/" in page
    assert "approved by" in page
    assert f"object=version:{version.pk}" in page


def test_saves_within_five_minutes_are_one_step(world, prompt, later):
    for body in ("Be", "Be kind", "Be kind to all."):
        say(prompt, body, world["author"])
    one = blame_of(world["viewer"], first_block(prompt))
    later(1)
    say(prompt, "Be kind to all people.", world["author"])
    two = blame_of(world["viewer"], first_block(prompt))

    steps = [sum(len(day.rows) for day in found.sessions) for found in (one, two)]
    assert steps[1] == steps[0] + 1


def test_restoring_a_step_is_a_save_with_credit_and_loses_nothing(world, prompt, signed_in, later):
    say(prompt, "Be kind.", world["author"])
    past = first_block(prompt).history.latest().history_id
    later(1)
    say(prompt, "Be brief.", world["author2"])
    make_version(draft_of(prompt), reason="Shorter", actor=world["author2"])
    block = first_block(prompt)

    answer = signed_in(world["releaser"]).post(
        f"/prompts/{prompt.path}/-/blocks/{block.key}/restore-text/",
        {"step": past, "revision": block.revision},
    )
    assert answer.status_code == 403
    restore_text(block, step=past, revision=block.revision, actor=world["author2"])

    assert first_block(prompt).body == "Be kind."
    assert names(world, prompt) == [("Be kind.", [str(world["author"])])]
    credited = DraftContributor.objects.filter(draft=draft_of(prompt)).values_list("person_id")
    assert {world["author"].pk, world["author2"].pk} <= {pk for (pk,) in credited}
    assert first_block(prompt).history.filter(body="Be brief.").exists()


def test_a_restore_over_words_of_another_is_no_silent_loss(world, prompt, signed_in):
    say(prompt, "Be kind.", world["author"])
    past = first_block(prompt).history.latest().history_id
    seen = say(prompt, "Be brief.", world["author"])
    say(prompt, "Be quick.", world["author2"])

    answer = signed_in(world["author"]).post(
        f"/prompts/{prompt.path}/-/blocks/{seen.key}/restore-text/",
        {"step": past, "revision": seen.revision},
    )

    assert first_block(prompt).body == "Be quick."
    assert "/conflicts/" in answer["Location"]


def test_a_step_of_another_block_is_not_there(world, prompt, signed_in):
    block = first_block(prompt)
    other = draft_of(prompt).blocks.exclude(pk=block.pk).first() or first_block(world.prompt("two"))

    answer = signed_in(world["author"]).post(
        f"/prompts/{prompt.path}/-/blocks/{block.key}/restore-text/",
        {"step": other.history.latest().history_id},
    )

    assert answer.status_code == 404


def test_queries_do_not_grow_with_the_steps(world, prompt, signed_in):
    client = signed_in(world["viewer"])

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(prompt), headers={"HX-Request": "true"}).status_code == 200
        return len(queries)

    say(prompt, "Be kind.", world["author"])
    make_version(draft_of(prompt), reason="One", actor=world["author"])
    count()
    few = count()
    for number in range(8):
        say(prompt, f"Be kind {number}.", world[("author", "author2")[number % 2]])
        make_version(draft_of(prompt), reason="More", actor=world["author"])

    assert count() == few


def test_invisible_characters_are_drawn(world, prompt, signed_in):
    say(prompt, "Be\u200bkind.", world["author"])

    page = signed_in(world["viewer"]).get(address(prompt)).content.decode()

    assert 'class="odd"' in page


def test_outsider_sees_nothing_of_it(world, prompt, signed_in):
    say(prompt, "Be kind.", world["author"])

    refused = signed_in(world["outsider"]).get(address(prompt), headers={"HX-Request": "true"})

    assert refused.status_code == 404
    assert "Be kind" not in refused.content.decode()


def brought(*texts_by):
    """Versions as another place kept them: (text, author)."""
    when = timezone.now() - timedelta(days=100)
    return [
        ImportedVersion(content_from_text(text), "Why", who, when + timedelta(days=place))
        for place, (text, who) in enumerate(texts_by)
    ]


def test_imported_sentences_name_who_wrote_them_where_they_came_from(world, signed_in):
    past = brought(("Be kind.", "Mara <b>"), ("Be kind.\nBe brief.", ""))
    prompt, _count = import_prompt(
        world.desk, segment="brought", name="Brought", versions=past, actor=world["admin"]
    )
    say(prompt, "Be kind.\nBe brief.\nBe glad.", world["author"])

    found = blame_of(world["viewer"], first_block(prompt))
    said = [
        ("".join(text for text, _row in one.parts).strip(), one.rows[0].step.is_imported,
         one.rows[0].step.source)
        for one in found.passages
    ]  # fmt: skip
    assert said == [
        ("Be kind.", True, "Mara <b>"),
        ("Be brief.", True, ""),
        ("Be glad.", False, ""),
    ]
    page = signed_in(world["author"]).get(address(prompt)).content.decode()
    assert "Mara &lt;b&gt;</b>, imported by Admin" in page
    assert "Author not known</b>, imported by Admin" in page
    # Only what a draft said can be restored.
    assert 'name="step" value="0"' not in page
    assert page.count('name="step"') == 1


def test_a_prompt_that_was_written_here_names_no_source(world, prompt, signed_in):
    say(prompt, "Be kind.", world["author"])
    make_version(draft_of(prompt), reason="One", actor=world["author"])

    assert "imported by" not in texts(signed_in(world["viewer"]).get(address(prompt)))
