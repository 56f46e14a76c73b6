"""A copy of a block says all that the block says, to each model too."""

from __future__ import annotations

from apps.prompts.actions import (
    add_variant,
    duplicate_block,
    put_back_block,
    remove_block,
    save_override,
    skip_override,
)
from apps.prompts.queries import draft_document


def test_duplicate_copies_what_each_model_is_told_instead(house):
    first, second = house.block("instructions"), house.block("input")
    for name in ("acme/large", "acme/tiny", "acme/same"):
        add_variant(house.draft, model=name, actor=house.ana)
    save_override(first, model="acme/large", body="Be kind.", actor=house.ana)
    skip_override(first, model="acme/tiny", actor=house.ana)
    skip_override(second, model="acme/same", actor=house.ana)

    copy = duplicate_block(first, actor=house.ana)

    own = {
        model["model"]: model["overrides"].get(str(copy.key))
        for model in draft_document(house.draft)["models"]
    }
    assert own == {
        "acme/large": {"body": "Be kind."}, "acme/tiny": {"enabled": False}, "acme/same": None,
    }  # fmt: skip


def test_the_copy_and_its_model_change_apart_and_the_copy_comes_back_whole(house):
    block = house.block("instructions")
    add_variant(house.draft, model="acme/large", actor=house.ana)
    save_override(block, model="acme/large", body="Be kind.", actor=house.ana)
    copy = duplicate_block(block, actor=house.ana)
    save_override(copy, model="acme/large", body="Be terse.", actor=house.ana)

    remove_block(copy, actor=house.ana)
    (model,) = draft_document(house.draft)["models"]
    assert model["overrides"] == {str(block.key): {"body": "Be kind."}}

    put_back_block(copy, actor=house.ana)
    (model,) = draft_document(house.draft)["models"]
    assert model["overrides"][str(copy.key)] == {"body": "Be terse."}
