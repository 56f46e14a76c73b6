"""T26: no accepted save is lost, however many people type at once. At full length: the figure
`lost_edits`."""

from __future__ import annotations

import httpx
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from tests.live import Live
from tests.prompts.at_once import blocks_for, gaps, lost, save_at_once
from tests.prompts.conftest import BACKEND, House, make_house

CLIENTS = 6
SAVES = 15
BLOCKS = 3


def browsers(live: Live, house: House) -> list[httpx.Client]:
    found = []
    for number in range(CLIENTS):
        client = Client()
        client.force_login((house.ana, house.ben)[number % 2], backend=BACKEND)
        name = settings.SESSION_COOKIE_NAME
        cookies = {name: client.cookies[name].value}
        found.append(httpx.Client(base_url=live.url, cookies=cookies, timeout=60))
    return found


@pytest.mark.parametrize("blind", [False, True])
def test_t26_every_save_is_in_the_text_or_kept_and_without_the_merge_words_go(live, blind):
    house = make_house()
    known = blocks_for(house, BLOCKS)

    outcome = save_at_once(browsers(live, house), known, SAVES, connections.close_all, blind)

    assert outcome.saves == CLIENTS * SAVES
    assert gaps() == []
    if blind:  # the control: editors that do not say what they started from
        assert lost(outcome) != []
    else:
        assert outcome.accepted
        assert lost(outcome) == []
