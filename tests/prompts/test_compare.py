from __future__ import annotations

import copy
import tracemalloc
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.prompts.compare import (
    MAX_SEGMENTS,
    MISSING,
    Allowance,
    Comparison,
    Segment,
    changed_paths,
    compare,
    show,
    summary_sentences,
    word_segments,
)
from apps.prompts.compare.blocks import longest_rising
from apps.prompts.content import canonical_bytes, new_block, new_variable
from apps.prompts.splitter import content_from_text
from apps.prompts.words import words
from tests.prompts.adversarial import middling, pairs
from tests.prompts.documents import document, documents, histories, texts
from tests.prompts.documents import words as prose


def side(segments: tuple[Segment, ...], op: str) -> str:
    return "".join(text for kind, text in segments if kind in ("equal", op))


@given(prose | texts, prose | texts)
def test_t12_segments_are_both_texts_exactly(old: str, new: str) -> None:
    for allowance in (Allowance(), Allowance(cells=30), Allowance(letters=5)):
        segments, _ = word_segments(old, new, allowance)

        assert (side(segments, "delete"), side(segments, "insert")) == (old, new)
        assert all(text for _, text in segments)


@given(prose, prose)
def test_segments_cut_no_word_and_alternate(old: str, new: str) -> None:
    segments, whole = word_segments(old, new)

    assert not whole
    assert [w for op, text in segments if op != "insert" for w in words(text)] == words(old)
    assert [w for op, text in segments if op != "delete" for w in words(text)] == words(new)
    ops = [segment.op for segment in segments]
    assert [pair for pair in pairwise(ops) if pair[0] == pair[1]] == []
    assert ("insert", "delete") not in pairwise(ops)


@pytest.mark.parametrize(
    ("old", "new", "marks"),
    [
        ("same", "same", "same"),
        ("", "new", "+new+"),
        ("old", "", "-old-"),
        ("refund in 24 hours.", "refund in 48 hours.", "refund in -24-+48+ hours."),
        ("Never promise it.", "Always avoid it.", "-Never promise-+Always avoid+ it."),
        ("One. Two. Three.", "One. Two. New. Three.", "One. Two. +New. +Three."),
        ("a\nb\nc\n", "a\nb\nb\nc\n", "a\nb\n+b\n+c\n"),
        ("a\nb\nb\nc\n", "a\nb\nc\n", "a\nb\n-b\n-c\n"),
        ("reply", "replies", "-reply-+replies+"),
        ("a b", "c d", "-a b-+c d+"),
        ("a and b", "c and d", "-a-+c+ and -b-+d+"),
        ("do not pay", "do pay", "do -not -pay"),
        ("漢字が好き", "漢字も好き", "漢字-が-+も+好き"),
        ("a 👍 b", "a 👎 b", "a -👍-+👎+ b"),
    ],
)
def test_marks_read_well(old: str, new: str, marks: str) -> None:
    signs = {"equal": "", "delete": "-", "insert": "+"}

    segments, whole = word_segments(old, new)

    assert "".join(f"{signs[op]}{text}{signs[op]}" for op, text in segments) == marks
    assert not whole


PAIRS = {**pairs(), **{f"middling {name}": pair for name, pair in middling().items()}}


@pytest.mark.parametrize("name", PAIRS)
def test_t24_adversarial_pairs_stay_within_allowance_and_memory(name: str) -> None:
    old, new = PAIRS[name]
    allowance = Allowance()

    tracemalloc.start()
    segments, _ = word_segments(old, new, allowance)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert (side(segments, "delete"), side(segments, "insert")) == (old, new)
    assert allowance.letters >= 0 <= allowance.cells
    assert memory < 64 * 1024 * 1024
    assert len(segments) <= 2 * MAX_SEGMENTS


def test_t24_a_whole_version_shares_one_allowance() -> None:
    old, new = middling()["four words"]
    content = [
        document(*(new_block("role", key=str(i), body=t) for i in range(40))) for t in (old, new)
    ]
    allowance = Allowance()

    changes = compare(*content, allowance=allowance).blocks

    assert [change.whole for change in changes[:1]] == [word_segments(old, new)[1]]
    assert changes[-1].whole
    assert all(side(change.segments, "insert") == new for change in changes)


@given(st.lists(st.integers(0, 9), max_size=7))
def test_longest_rising_is_rising_and_longest(numbers: list[int]) -> None:
    found = longest_rising(numbers)

    assert found == sorted(set(found))
    run = [numbers[k] for k in found]
    assert run == sorted(set(run))
    best = 0
    for mask in range(2 ** len(numbers)):
        chosen = [n for k, n in enumerate(numbers) if mask >> k & 1]
        best = max(best, len(chosen) if chosen == sorted(set(chosen)) else 0)
    assert len(run) == best


KEPT = (
    ("role", "key-r", "You are calm."),
    ("instructions", "key-i", "Read it."),
    (
        "guardrails",
        "key-g",
        "Never promise a refund.",
    ),
)


def kept() -> list[dict[str, Any]]:
    return [new_block(kind, key=key, body=body) for kind, key, body in KEPT]


def told(old: list[dict[str, Any]], new: list[dict[str, Any]], **fields: Any) -> list[str]:
    return summary_sentences(compare(document(*old), document(*new, **fields)))


def test_summary_of_nothing() -> None:
    assert told(kept(), kept()) == []
    assert compare(document(*kept()), document(*kept())).same


def test_summary_of_a_moved_block() -> None:
    role, instructions, guardrails = kept()

    assert told(kept(), [role, guardrails, instructions]) == [
        "Guardrails moved before Instructions, same words"
    ]
    assert told(kept(), [instructions, guardrails, role]) == ["Role moved to the end, same words"]


def test_summary_of_edited_added_removed() -> None:
    role, instructions, _ = kept()
    instructions["body"] = "Please read it all."
    late = new_block("context", title="Late refunds", body="…")

    assert told(kept(), [role, late, instructions]) == [
        "Late refunds added as Context",
        "Instructions edited, 1 place",
        "Guardrails removed",
    ]


def test_summary_of_every_other_change_of_a_block() -> None:
    old = new_block("examples", key="e", title="Cases", rows=[{"input": "a", "output": "b"}])
    role, instructions, guardrails = kept()

    assert told([old], [{**old, "as": "text"}]) == [
        "Cases examples sent as text in the instructions"
    ]
    assert told([old], [{**old, "title": "Samples"}]) == [
        "Samples renamed from Cases, edited, 1 place"
    ]
    assert told([role], [{**role, "enabled": False}]) == ["Role switched off"]
    assert told([{**role, "enabled": False}], [role]) == ["Role switched on"]
    assert told([role], [{**role, "type": "context"}]) == ["Context changed from Role to Context"]
    changed = {**role, "enabled": False, "body": "Be calm."}
    assert told([role, instructions, guardrails], [changed]) == [
        "Role switched off, edited, 1 place",
        "Instructions removed",
        "Guardrails removed",
    ]
    assert told([instructions], [{**instructions, "key": "other"}]) == [
        "1 block with the same words, made anew"
    ]


def test_summary_of_a_block_that_is_pinned_taken_further_and_detached() -> None:
    own = kept()
    first, second = ([dict(own[0]), *own[1:]] for _ in range(2))
    first[0]["snippet"] = {"path": "support/voice", "version": 1}
    second[0]["snippet"] = {"path": "support/voice", "version": 2}
    assert told(own, first)[0].endswith(" pinned to a snippet")
    assert told(first, second)[0].endswith(" pinned to other words")
    assert told(second, own)[0].endswith(" detached from its snippet")


def test_summary_of_variables_and_settings() -> None:
    old = document(
        variables=[new_variable("a"), new_variable("gone")],
        models=[{"model": "x/y", "parameters": {"temperature": 0.2}, "overrides": {}}],
    )
    new = document(
        variables=[
            {**new_variable("a", type="number", required=False), "default": 3},
            new_variable("approved_on", required=False),
        ],
        models=[{"model": "x/y", "parameters": {"temperature": 0.7}, "overrides": {}}],
        rendering={"kind": "chat", "headings": "xml"},
        tools=[{"name": "search"}],
    )

    assert summary_sentences(compare(old, new)) == [
        "Variable a: default from nothing to 3, now optional, type from Text to Number",
        "New optional variable approved_on",
        "Variable gone removed",
        "Rendering: headings from none to xml",
        "Tools: 0 from nothing to name search",
        "Model: x/y: parameters: temperature from 0.2 to 0.7",
    ]


def test_removed_blocks_stand_where_they_stood() -> None:
    role, instructions, guardrails = kept()
    first, last = (
        new_block("note", key="first", body="aaa"),
        new_block("note", key="last", body="zz"),
    )

    changes = compare(
        document(first, role, instructions, guardrails, last), document(role, guardrails)
    ).blocks

    assert [(c.key, c.old_place, c.new_place) for c in changes] == [
        ("first", 1, None),
        ("key-r", 2, 1),
        ("key-i", 3, None),
        ("key-g", 4, 2),
        ("last", 5, None),
    ]
    assert changes[3].statuses == {"unchanged"}


def test_blocks_without_a_common_key_are_known_by_their_words() -> None:
    text = "Answer in two short sentences and name the refund."
    old = document(new_block("role", body="You are calm."), new_block("custom", body=text))
    new = document(
        new_block("custom", body=text.replace("two", "three")),
        new_block("role", body="You are calm."),
    )

    changes = compare(old, new).blocks

    assert [(c.type, c.old_place, c.new_place, "edited" in c.statuses) for c in changes] == [
        ("custom", 2, 1, True),
        ("role", 1, 2, True),
    ]
    assert [c.places for c in changes] == [1, 0]


def test_rows_of_examples_line_up() -> None:
    a, b, c, d = ({"input": f"{x} asks", "output": x} for x in "abcd")
    old = document(new_block("examples", key="e", rows=[a, b, c]))
    new = document(new_block("examples", key="e", rows=[a, {**b, "output": "B"}, d, c]))

    (change,) = compare(old, new).blocks

    assert [(row.status, row.old_place, row.new_place) for row in change.rows] == [
        ("unchanged", 1, 1),
        ("edited", 2, 2),
        ("added", None, 3),
        ("unchanged", 3, 4),
    ]
    assert change.rows[1].output == (Segment("delete", "b"), Segment("insert", "B"))
    assert change.statuses == {"edited"}
    assert summary_sentences(compare(old, new)) == ["Examples edited, 3 places"]


def test_nothing_before_means_everything_is_added() -> None:
    new = document(*kept(), variables=[new_variable("a")])

    comparison = compare(None, new)

    assert [change.statuses for change in comparison.blocks] == [{"added"}] * 3
    assert [(v.name, v.status) for v in comparison.variables] == [("a", "added")]


def test_show_puts_values_into_words() -> None:
    shown = [show(v) for v in (MISSING, None, "", [], {}, True, 0, 0.5, "x", ["a", "b"], {"a": 1})]

    assert shown == [*["nothing"] * 5, "yes", "0", "0.5", "x", "a, b", "a 1"]


def test_show_puts_a_model_and_a_schema_into_words() -> None:
    model = {"parameters": {"temperature": 0.2}, "overrides": {}}
    plain = {"parameters": {}, "overrides": {}}
    schema = {"type": "object", "properties": {"queue": {"type": "string"}}, "required": ["queue"]}

    assert [show(value) for value in (model, plain, schema)] == [
        "temperature 0.2",
        "no settings of its own",
        "type object, properties (queue (type string)), required (queue)",
    ]


# T32: what differs, found by another road: every leaf of both documents under its path.


def leaves(value: Any, path: str) -> dict[str, str]:
    if isinstance(value, dict) and value:
        return {p: v for k in value for p, v in leaves(value[k], f"{path}/{k}").items()}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return {p: v for i, x in enumerate(value) for p, v in leaves(x, f"{path}/{i}").items()}
    return {path: canonical_bytes(value).decode()}


def keyed(content: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Each block, variable, model and setting → its leaves."""
    things: dict[str, dict[str, str]] = {}
    for field, name in (("blocks", "key"), ("variables", "name"), ("models", "model")):
        for item in content[field]:
            path = f"{field}/{item[name]}"
            parts = {"rows": repr(item["rows"])} if "rows" in item else {}
            rest = {k: v for k, v in item.items() if k not in ("rows", name)}
            things[path] = {**leaves(rest, path), **{f"{path}/{k}": v for k, v in parts.items()}}
    for name in ("schema", "rendering", "output", "tools"):
        things[name] = leaves(content[name], name)
    return things


def covered(path: str, paths: set[str]) -> bool:
    """Shown by itself, inside a thing that is shown whole, or by its parts."""
    parts = path.split("/")
    return any(shown.startswith(f"{path}/") for shown in paths) or any(
        "/".join(parts[:n]) in paths for n in range(1, len(parts) + 1)
    )


def order(content: dict[str, Any], field: str, name: str, common: set[str]) -> list[str]:
    return [item[name] for item in content[field] if item[name] in common]


@given(documents(), documents())
def test_t32_every_difference_is_shown(old: dict[str, Any], new: dict[str, Any]) -> None:
    # Blocks pair by key alone here; likeness of the others is tested above.
    assume({b["key"] for b in old["blocks"]} >= {b["key"] for b in new["blocks"]})

    comparison = compare(old, new)
    paths = changed_paths(comparison)

    before, after = keyed(old), keyed(new)
    for thing in {*before, *after}:
        one, other = before.get(thing, {}), after.get(thing, {})
        differing = {p for p in {*one, *other} if one.get(p) != other.get(p)}
        assert [p for p in differing if not covered(p, paths)] == []
        shown = {p for p in paths if p == thing or p.startswith(f"{thing}/")} - {f"{thing}/place"}
        assert bool(shown) == bool(differing)
    for field, name in (("blocks", "key"), ("variables", "name"), ("models", "model")):
        common = {i[name] for i in old[field]} & {i[name] for i in new[field]}
        is_moved = order(old, field, name, common) != order(new, field, name, common)
        said = f"{field}/order" in paths or any(
            p.startswith("blocks/") and p.endswith("/place") for p in paths if field == "blocks"
        )
        assert is_moved == said
    assert comparison.same == (canonical_bytes(old) == canonical_bytes(new)) == (not paths)
    assert bool(summary_sentences(comparison)) == bool(paths)


@given(documents(), documents())
def test_t32_both_sides_can_be_read_from_the_comparison(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    kept = copy.deepcopy((old, new))

    comparison = compare(old, new)

    assert read(comparison, "delete", "old_place") == [text(b) for b in old["blocks"]]
    assert read(comparison, "insert", "new_place") == [text(b) for b in new["blocks"]]
    assert (old, new) == kept


def read(comparison: Comparison, op: str, place: str) -> list[list[str]]:
    present = [c for c in comparison.blocks if getattr(c, place) is not None]
    return [
        [
            side(change.title_segments, op),
            side(change.segments, op),
            *(
                side(part, op)
                for row in change.rows
                if getattr(row, place) is not None
                for part in (row.input, row.output)
            ),
        ]
        for change in sorted(present, key=lambda change: getattr(change, place))
    ]


def text(block: dict[str, Any]) -> list[str]:
    rows = (row[name] for row in block.get("rows", ()) for name in ("input", "output"))
    return [block["title"], block["body"], *rows]


@given(documents(), st.permutations(range(6)))
def test_only_truly_moved_blocks_are_moved(content: dict[str, Any], turn: list[int]) -> None:
    blocks = content["blocks"]
    new = {**content, "blocks": [blocks[i] for i in turn if i < len(blocks)]}

    changes = compare(content, new).blocks

    still = [c.old_place for c in changes if "moved" not in c.statuses]
    assert still == sorted(still)
    assert len(still) == len(longest_rising([i for i in turn if i < len(blocks)]))


def test_real_histories_compare_edit_by_edit() -> None:
    seen = 0
    for history in histories():
        contents = [content_from_text(version["text"]) for version in history["versions"]]
        for old, new in pairwise(contents):
            comparison = compare(old, new)
            assert comparison.same == (old == new)
            assert not any(change.whole for change in comparison.blocks)
            assert summary_sentences(comparison) != [] or old == new
            seen += 1
    assert seen == 65


@pytest.mark.parametrize(
    ("old", "new"), [("1 \n<", "1 \n<<\n<"), ("1 \n<<\n<", "1 \n<"), ("<\n", "<\n<<\n")]
)
def test_an_edit_at_the_end_of_a_text_leaves_no_letter_out(old, new):
    marks, _whole = word_segments(old, new)

    assert "".join(text for op, text in marks if op != "delete") == new
    assert "".join(text for op, text in marks if op != "insert") == old
