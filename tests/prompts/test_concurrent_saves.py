"""T26: no accepted save is lost, however many people type at once."""

from __future__ import annotations

import os
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from apps.prompts.actions import save_block
from apps.prompts.models import ConflictCopy, DraftBlock
from tests.prompts.conftest import make_house

TOTAL = int(os.environ.get("GALLEY_CONCURRENT_SAVES", "200"))  # assurance.md asks for 10,000
CLIENTS = 50 if TOTAL >= 2000 else 8
SAVES = max(1, TOTAL // CLIENTS)
LINES = 5


def client(house, block_id, number, barrier):
    """Reads the block, changes one line of it with a word of its own, saves; again and again.
    Returns [(word, was a conflict)]."""
    chance = random.Random(number)
    person = (house.ana, house.ben)[number % 2]
    done = []
    try:
        barrier.wait(30)
        for turn in range(SAVES):
            block = DraftBlock.objects.select_related("draft").get(pk=block_id)
            word = f"w{number}x{turn}"
            lines = block.body.split("\n")
            lines[chance.randrange(LINES)] += f" {word}"
            saved = save_block(block, revision=block.revision, body="\n".join(lines), actor=person)
            done.append((word, saved.conflict is not None))
        return done
    finally:
        connection.close()


def test_t26_each_save_of_many_people_is_in_the_text_or_kept_as_a_copy(own_database):
    house = make_house()
    block = house.block("instructions")
    first = "\n".join(f"Line {line}." for line in range(LINES))
    save_block(block, revision=1, body=first, actor=house.ana)
    barrier = Barrier(CLIENTS)

    with ThreadPoolExecutor(CLIENTS) as pool:
        runs = [pool.submit(client, house, block.pk, n, barrier) for n in range(CLIENTS)]
        results = [result for run in runs for result in run.result(600)]

    head = set(DraftBlock.objects.get(pk=block.pk).body.split())
    copies = " ".join(ConflictCopy.objects.values_list("mine", flat=True)).split()
    accepted = {word for word, conflict in results if not conflict}
    conflicts = {word for word, conflict in results if conflict}
    assert len(results) == CLIENTS * SAVES
    assert accepted - head == set()
    assert conflicts - set(copies) == set()
    revisions = block.history.order_by("revision").values_list("revision", flat=True)
    assert list(revisions) == list(range(1, len(accepted) + 3))
