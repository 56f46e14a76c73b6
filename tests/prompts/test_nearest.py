"""Which declared name was meant, and the plain route that puts it right everywhere."""

from __future__ import annotations

import pytest

from apps.core.errors import Invalid
from apps.prompts.actions import (
    declare_variable,
    remove_block,
    respell_variable,
    save_block,
    switch_block,
)
from apps.prompts.editing import editor
from apps.prompts.nearest import nearest
from tests.prompts.slips import SLIPS

HTMX = {"HTTP_HX_REQUEST": "true"}
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.mark.parametrize(("typed", "names", "meant"), SLIPS)
def test_the_name_that_was_meant(typed, names, meant):
    assert nearest(typed, names) == meant


@pytest.fixture
def misspelt(house):
    declare_variable(house.draft, name="order_id", actor=house.ana)
    block = house.block("instructions")
    body = "Say {{order_di}}, not \\{{order_di}}, not order_di."
    save_block(block, revision=1, body=body, actor=house.ana)
    rest = house.block("input")
    save_block(rest, revision=rest.revision, body="{{ order_di }} {{order_id}}", actor=house.ana)
    return house


def bodies(house):
    return [block.body for block in house.blocks]


def test_found_names_say_what_was_meant_and_where(misspelt):
    (found,) = editor(misspelt.ana, misspelt.prompt).found

    assert (found.name, found.near) == ("order_di", "order_id")
    assert found.keys == tuple(str(block.key) for block in misspelt.blocks)


def test_respelling_changes_uses_and_nothing_else(misspelt):
    respell_variable(misspelt.draft, name="order_di", to="order_id", actor=misspelt.ana)

    assert bodies(misspelt) == [
        "Say {{order_id}}, not \\{{order_di}}, not order_di.",
        "{{ order_id }} {{order_id}}",
    ]


def test_respelling_reaches_blocks_that_are_off_or_deleted(misspelt):
    off, gone = misspelt.blocks
    switch_block(off, enabled=False, actor=misspelt.ana)
    remove_block(gone, actor=misspelt.ana)

    respell_variable(misspelt.draft, name="order_di", to="order_id", actor=misspelt.ana)

    gone.refresh_from_db()
    assert gone.body == "{{ order_id }} {{order_id}}"
    assert "{{order_id}}" in bodies(misspelt)[0]


@pytest.mark.parametrize(("name", "to"), [("order_id", "order_id"), ("order_di", "unknown")])
def test_respelling_never_touches_a_declared_name_nor_goes_to_an_unknown_one(misspelt, name, to):
    before = bodies(misspelt)

    with pytest.raises(Invalid, match="Nothing was changed"):
        respell_variable(misspelt.draft, name=name, to=to, actor=misspelt.ana)

    assert bodies(misspelt) == before


def test_the_running_editor_hears_the_names_after_declaring_one(misspelt, signed_in):
    ana = signed_in(misspelt.ana)
    address = "/prompts/support/reply/-/variables/declare/"

    answer = ana.post(address, {"name": "shop", "type": "text", "required": "yes"}, **HTMX, **JSON)
    again = ana.post(address, {"name": "shop", "type": "text", "required": "yes"}, **HTMX, **JSON)

    assert [one["name"] for one in answer.json()["variables"]] == ["order_id", "shop"]
    assert again.status_code == 422
    assert "declared already" in again.json()["errors"]["name"][0]
