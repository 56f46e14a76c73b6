"""Many editors save the same blocks at once, over HTTP, as the editor's script does: each keeps the
text and the revision that it knows, puts a word of its own into it, sends both, and takes over what
the answer says. Afterwards one looks where each word is."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import httpx

from apps.prompts.actions import add_block, save_block
from apps.prompts.models import ConflictCopy, DraftBlock
from tests.prompts.conftest import House

LINES = 6
SAVE = "/prompts/support/reply/-/blocks/{key}/save/"


@dataclass(frozen=True)
class Outcome:
    """Words whose save was accepted; words whose save met other words; both by block."""

    accepted: list[tuple[str, str]]
    conflicts: list[tuple[str, str]]

    @property
    def saves(self) -> int:
        return len(self.accepted) + len(self.conflicts)


@dataclass
class Editor:
    """One open page. `blind`: it does not say what it started from, as if nothing were merged."""

    client: httpx.Client
    number: int
    texts: dict[str, tuple[int, str]]
    blind: bool = False
    accepted: list[tuple[str, str]] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)

    def work(self, saves: int, barrier: Barrier) -> Editor:
        chance = random.Random(self.number)
        page = self.client.get("/prompts/").text
        token = re.findall(r'data-csrf="([^"]+)"', page)[0]
        headers = {"Accept": "application/json", "X-CSRFToken": token}
        barrier.wait(120)
        for turn in range(saves):
            key = chance.choice(list(self.texts))
            self._save(key, f"w{self.number}x{turn}", chance, headers)
        return self

    def _save(self, key: str, word: str, chance: random.Random, headers: dict[str, str]) -> None:
        revision, text = self.texts[key]
        lines = text.split("\n")
        lines[chance.randrange(len(lines))] += f" {word}"
        mine = "\n".join(lines)
        if self.blind:
            revision = DraftBlock.objects.values_list("revision", flat=True).get(key=key)
        data = {"revision": str(revision), "body": mine}
        answer = self.client.post(SAVE.format(key=key), data=data, headers=headers)
        if answer.status_code == 409 and "data-merge-panel" in answer.text:
            self.conflicts.append((key, word))
            self.texts[key] = _theirs(answer.text)
            return
        assert answer.status_code == 200, answer.text[:500]
        told = answer.json()
        self.accepted.append((key, word))
        self.texts[key] = (told["revision"], told.get("body", mine))


def _theirs(panel: str) -> tuple[int, str]:
    """What the block says, and its revision, as the panel of two texts shows them."""
    revision = re.findall(r'name="revision" value="(\d+)~\d+"', panel)[0]
    theirs = panel.split('data-merge-choice="theirs"')[1]
    body = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", theirs, re.DOTALL)[0]
    return int(revision), html.unescape(body)


def blocks_for(house: House, count: int) -> dict[str, tuple[int, str]]:
    """Blocks with some lines each, and what an editor that opens now knows of them."""
    found = {}
    for number in range(count):
        block = add_block(house.draft, type="instructions", actor=house.ana)
        first = "\n".join(f"Line {line} of block {number}." for line in range(LINES))
        saved = save_block(block, revision=block.revision, body=first, actor=house.ana)
        found[str(block.key)] = (saved.block.revision, first)
    return found


def save_at_once(
    clients: list[httpx.Client],
    known: dict[str, tuple[int, str]],
    saves: int,
    close: Callable[[], Any],
    blind: bool = False,
) -> Outcome:
    """Each client makes so many saves, and is closed then. `close` ends a thread's connection."""
    barrier = Barrier(len(clients))
    editors = [Editor(one, n, dict(known), blind) for n, one in enumerate(clients)]

    def run(editor: Editor) -> Editor:
        try:
            return editor.work(saves, barrier)
        finally:
            editor.client.close()
            close()

    with ThreadPoolExecutor(len(clients)) as pool:
        done = [run.result(3600) for run in [pool.submit(run, one) for one in editors]]
    return Outcome(
        [word for one in done for word in one.accepted],
        [word for one in done for word in one.conflicts],
    )


def lost(outcome: Outcome) -> list[str]:
    """Accepted words that their block does not say now, and refused ones that no copy holds."""
    heads = {str(one.key): set(one.body.split()) for one in DraftBlock.objects.all()}
    copies: dict[str, set[str]] = {}
    for copy in ConflictCopy.objects.select_related("block"):
        copies.setdefault(str(copy.block.key), set()).update(copy.mine.split())
    gone = [word for key, word in outcome.accepted if word not in heads[key]]
    return gone + [word for key, word in outcome.conflicts if word not in copies.get(key, set())]


def gaps() -> list[str]:
    """Blocks whose revisions are not all in the history: a head without its ancestors."""
    found = []
    for block in DraftBlock.objects.all():
        known = set(block.history.values_list("revision", flat=True))
        if known != set(range(1, block.revision + 1)):
            found.append(str(block.key))
    return found
