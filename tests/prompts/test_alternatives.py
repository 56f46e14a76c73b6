"""A draft with a name of its own: every route of the editor finds it by `?draft=`."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.prompts.actions import make_version, restore_version, save_block
from apps.prompts.models import Draft
from apps.prompts.queries import drafts_of, latest_version

FETCH = {"HTTP_ACCEPT": "application/json", "HTTP_HX_REQUEST": "true"}


@pytest.fixture
def kept(house) -> Draft:
    """What the shared draft said before v1 was restored."""
    make_version(house.draft, reason="First words", actor=house.ana)
    save_block(house.block("instructions"), revision=1, body="Kept words.", actor=house.ben)
    restore_version(latest_version(house.prompt), actor=house.ana)
    return drafts_of(house.prompt)[0]


def address(name: str, *args: object) -> str:
    return reverse(name, args=["support/reply", *args])


def test_every_address_of_an_alternatives_page_is_about_it(kept, house, signed_in):
    page = signed_in(house.ana).get(address("pages:write"), {"draft": kept.pk})

    html = page.content.decode()
    about = re.findall(r'(?:action|hx-post|hx-get|data-order-url)="([^"]+)"', html)
    drafts = [found for found in about if re.search(r"/-/(blocks|variables|draft|change-)", found)]
    assert len(drafts) > 20
    assert [found for found in drafts if f"draft={kept.pk}" not in found] == []
    assert "Kept words." in html


def test_a_save_goes_to_the_draft_that_the_address_names(kept, house, signed_in):
    key = house.block("instructions").key
    typed = {"revision": "1", "body": "Other words."}
    url = f"{address('prompts:save_block', key)}?draft={kept.pk}"

    answer = signed_in(house.ana).post(url, typed, **FETCH)

    assert answer.status_code == 200
    assert kept.blocks.get(key=key).body == "Other words."
    assert house.block("instructions").body != "Other words."


@pytest.mark.parametrize("draft", ["0", "999999", "x", "٣", "9" * 40])
def test_a_draft_that_is_not_the_prompts_is_not_found(draft, house, signed_in):
    page = signed_in(house.ana).get(address("pages:write"), {"draft": draft})

    assert page.status_code == 404
