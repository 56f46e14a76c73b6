"""Blocks side by side: which is which, which moved, and the words inside."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from apps.prompts.compare.fields import same_value
from apps.prompts.compare.marks import Segment, Segments, word_segments
from apps.prompts.compare.shape import MISSING, BlockChange, FieldChange, RowChange
from apps.prompts.content import BLOCK_LABELS, EXAMPLE_LABELS
from apps.prompts.words import Allowance, encode

Block = dict[str, Any]
Pairs = dict[int, int]
_ALIKE = 60
_SAMPLE = 300
_MOST_PAIRS = 10_000


def block_changes(old: list[Block], new: list[Block], allowance: Allowance) -> list[BlockChange]:
    pairs = match(old, new)
    moved = _moved(pairs)
    gone = _gone(old, pairs)
    changes = [_one_sided(old[i], i, "removed") for i in gone.get(-1, ())]
    for j, block in enumerate(new):
        if j not in pairs:
            changes.append(_one_sided(block, j, "added"))
            continue
        changes.append(_both(old[pairs[j]], block, pairs[j], j, j in moved, allowance))
        changes += [_one_sided(old[i], i, "removed") for i in gone.get(pairs[j], ())]
    return changes


def match(old: list[Block], new: list[Block]) -> Pairs:
    """New place → old place: by key, then by equal words, then by likeness."""
    pairs: Pairs = {}
    _pair(pairs, old, new, lambda block: block["key"])
    _pair(pairs, old, new, _words)
    _pair_alike(pairs, old, new)
    return pairs


def _pair(
    pairs: Pairs, old: list[Block], new: list[Block], sign: Callable[[Block], object]
) -> None:
    taken = set(pairs.values())
    free: dict[object, list[int]] = {}
    for i, block in reversed(list(enumerate(old))):
        if i not in taken:
            free.setdefault(sign(block), []).append(i)
    for j, block in enumerate(new):
        if j not in pairs and free.get(sign(block)):
            pairs[j] = free[sign(block)].pop()


def _words(block: Block) -> tuple[object, ...]:
    rows = tuple((row["input"], row["output"]) for row in block.get("rows", ()))
    return block["title"], block["body"], rows


def _pair_alike(pairs: Pairs, old: list[Block], new: list[Block]) -> None:
    """Only blocks without a partner; the beginning of each text is enough to know it by."""
    taken = set(pairs.values())
    left = [(i, _sample(block)) for i, block in enumerate(old) if i not in taken]
    right = [(j, _sample(block)) for j, block in enumerate(new) if j not in pairs]
    if len(left) * len(right) > _MOST_PAIRS:
        return
    scores = [(fuzz.ratio(a, b, score_cutoff=_ALIKE), i, j) for i, a in left for j, b in right]
    for score, i, j in sorted(scores, key=lambda found: (-found[0], found[2], found[1])):
        if score and i not in taken and j not in pairs:
            pairs[j] = i
            taken.add(i)


def _sample(block: Block) -> str:
    rows = " ".join(f"{row['input']} {row['output']}" for row in block.get("rows", ())[:3])
    return f"{block['type']}\n{block['title']}\n{block['body'][:_SAMPLE]}\n{rows[:_SAMPLE]}"


def _moved(pairs: Pairs) -> set[int]:
    """The fewest blocks whose move explains the new order: all but a longest rising run."""
    places = sorted(pairs)
    return set(places) - {places[k] for k in longest_rising([pairs[j] for j in places])}


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """Indexes of one longest strictly rising run, in n log n."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for k, number in enumerate(numbers):
        place = bisect_left(tops, number)
        before.append(ends[place - 1] if place else -1)
        tops[place : place + 1] = [number]
        ends[place : place + 1] = [k]
    run: list[int] = []
    k = ends[-1] if ends else -1
    while k >= 0:
        run.append(k)
        k = before[k]
    return run[::-1]


def _gone(old: list[Block], pairs: Pairs) -> dict[int, list[int]]:
    """Old place of a block that stayed (-1: the beginning) → the removed ones that followed it."""
    kept = set(pairs.values())
    gone: dict[int, list[int]] = {}
    last = -1
    for i in range(len(old)):
        if i in kept:
            last = i
        else:
            gone.setdefault(last, []).append(i)
    return gone


def _label(block: Block) -> str:
    title: str = block["title"].strip(" #:")
    return title or str(BLOCK_LABELS.get(block["type"], block["type"]))


def _one_sided(block: Block, place: int, status: str) -> BlockChange:
    op, added = ("insert", True) if status == "added" else ("delete", False)
    at = place + 1
    return BlockChange(
        key=block["key"],
        type=block["type"],
        title=block["title"],
        label=_label(block),
        statuses=frozenset((status,)),
        old_key=None if added else block["key"],
        old_type=None if added else block["type"],
        old_title=None if added else block["title"],
        old_place=None if added else at,
        new_place=at if added else None,
        title_segments=_single(op, block["title"]),
        segments=_single(op, block["body"]),
        whole=False,
        rows=tuple(_lone_row(row, k, status) for k, row in enumerate(block.get("rows", ()))),
        fields=tuple(_beyond_words(block)) if added else (),
    )


def _beyond_words(block: Block) -> Iterator[FieldChange]:
    """What an added block says apart from its words: else a reader would think that it is sent."""
    if not block["enabled"]:
        yield FieldChange(("enabled",), "Switched on", MISSING, False)
    for change in _fields({}, block):
        if change.path != ("key",) and change.new is not None:
            yield change


def _single(op: str, text: str) -> Segments:
    return (Segment(op, text),) if text else ()


def _both(
    old: Block, new: Block, i: int, j: int, is_moved: bool, allowance: Allowance
) -> BlockChange:
    title, _ = word_segments(old["title"], new["title"], allowance)
    body, whole = word_segments(old["body"], new["body"], allowance)
    rows = tuple(_rows(old.get("rows", []), new.get("rows", []), allowance))
    fields = tuple(_fields(old, new))
    is_retyped = old["type"] != new["type"]  # then `as` comes or goes with the type
    is_set = any(change.path != ("as",) or not is_retyped for change in fields)
    return BlockChange(
        key=new["key"],
        type=new["type"],
        title=new["title"],
        label=_label(new),
        statuses=_statuses(old, new, is_moved, is_set),
        old_key=old["key"],
        old_type=old["type"],
        old_title=old["title"],
        old_place=i + 1,
        new_place=j + 1,
        title_segments=title,
        segments=body,
        whole=whole,
        rows=rows,
        fields=fields,
    )


def _statuses(old: Block, new: Block, is_moved: bool, is_set: bool) -> frozenset[str]:
    found = {
        "edited": _words(old) != _words(new) or is_set,
        "moved": is_moved,
        "retyped": old["type"] != new["type"],
        "switched_on": new["enabled"] and not old["enabled"],
        "switched_off": old["enabled"] and not new["enabled"],
    }
    return frozenset(name for name, is_so in found.items() if is_so) or frozenset(("unchanged",))


def _fields(old: Block, new: Block) -> Iterator[FieldChange]:
    """What is neither words nor place nor type."""
    labels = {"key": "Identity", "snippet": "Snippet", "as": "Sent"}
    for name, label in labels.items():
        before, after = old.get(name, MISSING), new.get(name, MISSING)
        if not same_value(before, after):
            if name == "as":
                before, after = (EXAMPLE_LABELS.get(side, side) for side in (before, after))
            yield FieldChange((name,), label, before, after)


def _rows(
    old: list[dict[str, str]], new: list[dict[str, str]], allowance: Allowance
) -> Iterator[RowChange]:
    """Equal examples line up; between them, changed ones pair in order."""
    left, right = encode([_sign(r) for r in old], [_sign(r) for r in new])
    edits = _spans(Indel.opcodes(left, right))
    for equal, i1, i2, j1, j2 in edits:
        for k in range(max(i2 - i1, j2 - j1)):
            i, j = (i1 + k if i1 + k < i2 else None), (j1 + k if j1 + k < j2 else None)
            yield _row(old, new, i, j, equal, allowance)


def _sign(row: dict[str, str]) -> str:
    return repr(sorted(row.items()))


def _spans(steps: Iterable[Any]) -> list[tuple[bool, int, int, int, int]]:
    """Neighbouring edits as one span, so that a delete and an insert become an edit."""
    spans: list[tuple[bool, int, int, int, int]] = []
    for step in steps:
        equal = step.tag == "equal"
        if spans and spans[-1][0] == equal:
            spans[-1] = (equal, spans[-1][1], step.src_end, spans[-1][3], step.dest_end)
        else:
            spans.append((equal, step.src_start, step.src_end, step.dest_start, step.dest_end))
    return spans


def _row(
    old: list[dict[str, str]],
    new: list[dict[str, str]],
    i: int | None,
    j: int | None,
    equal: bool,
    allowance: Allowance,
) -> RowChange:
    if i is None:
        assert j is not None
        return _lone_row(new[j], j, "added")
    if j is None:
        return _lone_row(old[i], i, "removed")
    given, _ = word_segments(old[i]["input"], new[j]["input"], allowance)
    wanted, _ = word_segments(old[i]["output"], new[j]["output"], allowance)
    return RowChange("unchanged" if equal else "edited", i + 1, j + 1, given, wanted)


def _lone_row(row: dict[str, str], place: int, status: str) -> RowChange:
    added = status == "added"
    op, at = "insert" if added else "delete", place + 1
    given, wanted = _single(op, row["input"]), _single(op, row["output"])
    return RowChange(status, None if added else at, at if added else None, given, wanted)
