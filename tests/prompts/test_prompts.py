from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.audit.models import AuditEntry
from apps.core.errors import Invalid, NotAllowed, NotPossible, NotVisible
from apps.prompts.actions import (
    archive_prompt,
    change_prompt,
    create_prompt,
    remove_block,
    restore_prompt,
    save_block,
)
from apps.prompts.content import new_block, new_content
from apps.prompts.models import Prompt
from apps.prompts.queries import (
    draft_document,
    draft_of,
    namespace_tree,
    prompt_for,
    registry,
    search_hits,
    tags_in,
    visible_prompts,
)
from apps.teams.actions import create_namespace, grant
from apps.teams.queries import root_namespace


def test_create_prompt_takes_a_document(house):
    document = new_content() | {"blocks": [new_block("role", body="You are kind.")]}

    prompt = create_prompt(
        house.space, segment="kind", name="Kind", document=document, actor=house.ana
    )

    assert (prompt.path, prompt.created_by) == ("support/kind", house.ana)
    assert draft_document(draft_of(prompt)) == document
    entry = AuditEntry.objects.filter(event="prompts.prompt.created").latest("seq")
    assert (entry.target_id, entry.data) == (str(prompt.pk), {"path": "support/kind"})


@pytest.mark.parametrize(
    ("segment", "sentence"),
    [
        ("reply", "There is a prompt at support/reply already."),
        ("refunds", "There is a namespace at support/refunds already."),
        ("Big", "“Big” cannot be part of a path."),
        ("", "Each part of a path needs a name."),
        ("a/b", "“a/b” cannot be part of a path."),
        ("-", "“-” cannot be part of a path."),
    ],
)
def test_create_prompt_refuses_a_path_that_cannot_be(house, segment, sentence):
    create_namespace(house.space, segment="refunds", actor=house.admin)

    with pytest.raises(Invalid) as refused:
        create_prompt(house.space, segment=segment, name="X", actor=house.ana)

    assert refused.value.sentence.startswith(sentence)
    assert Prompt.objects.count() == 1


def test_create_namespace_refuses_the_path_of_a_prompt(house):
    with pytest.raises(Invalid):
        create_namespace(house.space, segment="reply", actor=house.admin)


def test_create_prompt_needs_edit_on_the_namespace(house):
    with pytest.raises(NotAllowed):
        create_prompt(house.space, segment="a", name="A", actor=house.viewer)
    with pytest.raises(NotAllowed):
        create_prompt(house.space, segment="a", name="A", actor=house.admin)
    with pytest.raises(NotVisible):
        create_prompt(house.space, segment="a", name="A", actor=house.outsider)
    create_prompt(house.space, segment="a", name="A", actor=house.ben)

    assert Prompt.objects.filter(path="support/a").exists()


def test_create_prompt_in_the_root_says_what_to_do(house):
    root = root_namespace()
    grant(root, capabilities=["view", "edit"], to=house.ana, actor=house.admin)

    with pytest.raises(NotPossible) as refused:
        create_prompt(root, segment="a", name="A", actor=house.ana)

    assert refused.value.code == "needs_namespace"


def test_change_prompt_is_in_the_trail(house):
    change_prompt(
        house.prompt, name=" Reply  two ", purpose="", tags=["B", "a", "b"],
        actor=house.ben,
    )  # fmt: skip

    fresh = Prompt.objects.get(pk=house.prompt.pk)
    assert (fresh.name, fresh.tags) == ("Reply two", ["a", "b"])
    entry = AuditEntry.objects.get(event="prompts.prompt.changed")
    assert (entry.before["name"], entry.after["name"]) == ("Refund reply", "Reply two")


def test_archive_prompt_takes_it_out_of_the_registry_and_back(house):
    archive_prompt(house.prompt, reason="Not used", actor=house.ana)
    assert list(registry(house.ana)) == []
    assert list(registry(house.ana, lifecycle="archived")) == [house.prompt]
    with pytest.raises(NotPossible):
        archive_prompt(house.prompt, actor=house.ana)

    restore_prompt(house.prompt, actor=house.ana)

    assert list(registry(house.ana)) == [house.prompt]
    with pytest.raises(NotPossible):
        restore_prompt(house.prompt, actor=house.ana)


def test_prompt_for_shows_nothing_of_another_namespace(house):
    with pytest.raises(NotVisible):
        prompt_for(house.outsider, "support/reply")
    with pytest.raises(NotVisible):
        prompt_for(house.ana, "support/none")

    assert prompt_for(house.viewer, "support/reply") == house.prompt
    assert list(visible_prompts(house.outsider)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("refund", True),
        ("REPLY", True),
        ("support", True),
        ("wall", True),
        ("lost wal", True),
        ("wallet refund", False),
        ("allet", False),
        ("'; drop", False),
        (":* & !", False),
        ("deleted", False),
    ],
)
def test_registry_finds_names_paths_and_the_beginnings_of_words(house, text, found):
    save_block(
        house.block("instructions"), revision=1, body="A lost\nWallet, abroad.", actor=house.ana
    )
    gone = house.block("input")
    save_block(gone, revision=1, body="Deleted words", actor=house.ana)
    remove_block(gone, actor=house.ana)

    assert [p.path for p in registry(house.ana, text=text)] == (["support/reply"] if found else [])
    assert list(registry(house.outsider, text=text)) == []


def test_search_hits_shows_where_the_words_stand(house):
    body = "x " * 200 + "A lost wallet abroad"
    save_block(house.block("instructions"), revision=1, body=body, actor=house.ana)

    hits = search_hits([house.prompt], "wallet")

    hit = hits[house.prompt.pk]
    assert hit.block_type == "instructions"
    assert [piece.text for piece in hit.parts if piece.hit] == ["wallet"]
    assert "".join(piece.text for piece in hit.parts).endswith("A lost wallet abroad")


def test_registry_filters_by_namespace_owner_and_tag(house):
    below = create_namespace(house.space, segment="refunds", actor=house.admin)
    other = create_prompt(below, segment="a", name="A", tags=["cards"], actor=house.ana)

    assert list(registry(house.ana, namespace=below)) == [other]
    assert list(registry(house.ana, namespace=house.space)) == [other, house.prompt]
    assert list(registry(house.ana, tag="cards")) == [other]
    assert list(registry(house.ana, tag="none")) == []
    assert tags_in(registry(house.ana)) == [("cards", 1)]
    assert [(n.namespace.path, n.depth, n.prompts, n.below) for n in namespace_tree(house.ana)] == [
        ("support", 1, 1, 2),
        ("support/refunds", 2, 1, 1),
    ]


@pytest.mark.parametrize("prompts", [1, 3])
def test_registry_asks_the_same_number_of_queries(house, prompts):
    for number in range(prompts - 1):
        create_prompt(house.space, segment=f"p{number}", name=f"P {number}", actor=house.ana)

    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = list(registry(house.ana, text="support"))
        shown = [(row.namespace.path, row.owner, row.changed_by) for row in rows]
        search_hits(rows, "support")

    assert len(shown) == prompts
    assert len(asked) == 4
