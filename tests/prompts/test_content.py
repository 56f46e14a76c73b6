from __future__ import annotations

import copy
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.content import (
    MAX_BLOCK_BYTES,
    MAX_BLOCKS,
    MAX_TITLE,
    MAX_VARIABLES,
    ContentError,
    Problem,
    canonical_bytes,
    check_block_text,
    check_content,
    check_path,
    check_text,
    check_variable_name,
    content_hash,
    imported_block_key,
    new_block,
    new_content,
    new_variable,
    normalise,
    normalise_document,
    parse,
    require_content,
    retype,
    retype_variable,
    rows_text,
    text_rows,
)
from tests.prompts.documents import blocks, document, documents, rows, texts, vectors


@pytest.mark.parametrize("vector", vectors("hash"), ids=lambda vector: vector["name"])
def test_canonical_bytes_and_hash_follow_the_vectors(vector: dict[str, Any]) -> None:
    data = canonical_bytes(vector["document"])

    assert data.decode() == vector["text"]
    assert content_hash(data) == vector["hash"]


@given(documents())
def test_content_that_passes_comes_back_from_its_bytes(content: dict[str, Any]) -> None:
    data = canonical_bytes(content)

    assert check_content(content) == []
    assert canonical_bytes(parse(data)) == data
    assert content_hash(data) == f"sha256:{hashlib.sha256(data).hexdigest()}"


@given(documents())
def test_hash_does_not_depend_on_the_order_of_fields(content: dict[str, Any]) -> None:
    turned = dict(reversed(content.items()))

    assert list(turned) != list(content)
    assert canonical_bytes(turned) == canonical_bytes(content)


@given(texts, texts)
def test_normalise_makes_every_line_end_a_line_feed(before: str, after: str) -> None:
    assert normalise(f"{before}\r\n{after}") == f"{before}\n{after}"
    assert normalise(f"{before}\rx{after}\r") == f"{before}\nx{after}\n"


@given(texts)
def test_normalise_leaves_everything_else(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\nb\x00", "Line 2 holds a NUL character, which no model can read. Remove it."),
        ("\ud83d", "Line 1 holds half of a broken character. Type that character again."),
    ],
)
def test_broken_text_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(ContentError) as refused:
        normalise(text)

    assert refused.value.problems == (Problem("", sentence),)
    assert check_text(text) == sentence
    assert check_text("fine 👍\n") == ""


def test_normalise_document_reaches_every_string() -> None:
    content = document(new_block("role", title="a\r", body="b\r\nc"), tools=[{"a\r": ["b\r\n"]}])

    assert check_content(content) != []
    normal = normalise_document(content)

    assert (normal["blocks"][0]["body"], normal["tools"]) == ("b\nc", [{"a\n": ["b\n"]}])
    assert content["blocks"][0]["body"] == "b\r\nc"


def test_a_block_is_measured_in_bytes() -> None:
    fits, over = "é" * (MAX_BLOCK_BYTES // 2), "é" * (MAX_BLOCK_BYTES // 2) + "x"

    assert check_block_text(fits) == ""
    assert check_block_text(over) == (
        "This block holds 257 KiB; the most is 256 KiB. Shorten it or split it into several blocks."
    )
    assert check_content(document(new_block("role", body=fits))) == []
    assert check_content(document(new_block("role", body=over))) == [
        Problem("blocks/0/body", check_block_text(over))
    ]


def test_the_rows_of_examples_count_for_the_block() -> None:
    half = "x" * (MAX_BLOCK_BYTES // 2)

    fits = new_block("examples", rows=[{"input": half, "output": half}])
    over = new_block("examples", body="x", rows=[{"input": half, "output": half}])

    assert check_content(document(fits)) == []
    assert [p.path for p in check_content(document(over))] == ["blocks/0/body"]


def test_a_version_over_its_size_is_refused() -> None:
    block = "x" * (MAX_BLOCK_BYTES - 300)

    fits = document(*(new_block("role", body=block) for _ in range(4)))
    over = document(*(new_block("role", body=block) for _ in range(5)))

    assert check_content(fits) == []
    assert [p.sentence for p in check_content(over)] == [
        "This version holds 1,280 KiB; the most is 1,024 KiB. Shorten it before you save a version."
    ]
    with pytest.raises(ContentError, match="the most is 1,024 KiB"):
        parse(canonical_bytes(over))


@pytest.mark.parametrize(
    ("field", "most", "make"),
    [
        ("blocks", MAX_BLOCKS, lambda i: new_block("role", key=str(i))),
        ("variables", MAX_VARIABLES, lambda i: new_variable(f"v{i}")),
    ],
)
def test_there_are_at_most_200_of_a_kind(field: str, most: int, make: Any) -> None:
    fits = {**new_content(), field: [make(i) for i in range(most)]}
    over = {**new_content(), field: [make(i) for i in range(most + 1)]}

    assert check_content(fits) == []
    assert check_content(over) == [Problem(field, f"There are 201 {field}; at most 200.")]


def nested(depth: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return {**new_content(), "tools": [{"a": value}]}


def test_content_is_at_most_20_levels_deep() -> None:
    fits, over = nested(17), nested(18)

    assert check_content(fits) == []
    assert [p.sentence for p in check_content(over)] == [
        "The content is nested deeper than 20 levels. Make it flatter."
    ]
    assert parse(canonical_bytes(fits)) == fits


@pytest.mark.parametrize("data", [b"[" * 500_000, b'{"a":' * 100_000, b"[" * 50 + b"]" * 50])
def test_t24_deep_json_is_refused_before_it_is_parsed(data: bytes) -> None:
    with pytest.raises(ContentError, match="nested deeper than 20 levels"):
        parse(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not readable JSON"),
        (b"{[", "not readable JSON"),
        (b"\xff{}", "not readable JSON"),
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": 1, "a": 2}', "a field appears twice"),
        (b"[]", "must be one JSON object"),
    ],
)
def test_unreadable_bytes_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        parse(data)


def changed(**fields: Any) -> dict[str, Any]:
    return {**new_content(), **fields}


def varied(**fields: Any) -> dict[str, Any]:
    return changed(variables=[{**new_variable("n"), **fields}])


def modelled(**fields: Any) -> dict[str, Any]:
    model = {"model": "m", "parameters": {}, "overrides": {}, **fields}
    return document(new_block("role", key="k"), models=[model])


BAD = [
    ("schema", changed(schema=2)),
    ("schema", changed(schema=True)),
    ("extra", changed(extra=1)),
    ("blocks", changed(blocks={})),
    ("blocks/0", changed(blocks=["text"])),
    ("blocks/0/type", document({**new_block("role"), "type": "poem"})),
    ("blocks/0/type", document({**new_block("role"), "type": ["role"]})),
    ("blocks/0/rows", document({**new_block("role"), "rows": []})),
    ("blocks/0/enabled", document({**new_block("role"), "enabled": 1})),
    ("blocks/0/body", document({**new_block("role"), "body": None})),
    ("blocks/0/snippet", document({**new_block("role"), "snippet": {}})),
    ("blocks/0/title", document(new_block("role", title="two\nlines"))),
    ("blocks/0/title", document(new_block("role", title="x" * (MAX_TITLE + 1)))),
    ("blocks/0/key", document({**new_block("role"), "key": ""})),
    ("blocks/1/key", document(new_block("role", key="k"), new_block("note", key="k"))),
    ("blocks/0/as", document(new_block("examples", as_="poem"))),
    ("blocks/0/rows/0/output", document(new_block("examples", rows=[{"input": ""}]))),
    ("blocks/0/rows", document(new_block("examples", rows=[{"input": "", "output": ""}] * 201))),
    ("variables/0/name", varied(name="1st")),
    ("variables/0/type", varied(type="date")),
    ("variables/0/required", varied(required=None)),
    ("variables/0/max_length", varied(max_length=0)),
    ("variables/0/max_length", varied(max_length=True)),
    ("variables/0/max_length", varied(type="number", max_length=5)),
    ("variables/0/choices", varied(type="choice")),
    ("variables/0/choices", varied(choices=["a"])),
    ("variables/0/choices", varied(type="choice", choices=["a", "a"])),
    ("variables/0/choices/0", varied(type="choice", choices=[""])),
    ("variables/0/default", varied(default="x")),
    ("variables/0/default", varied(required=False, type="number", default="x")),
    ("variables/1/name", changed(variables=[new_variable("n"), new_variable("n")])),
    ("rendering/headings", changed(rendering={"kind": "chat", "headings": "loud"})),
    ("rendering/headings", changed(rendering={"kind": "chat"})),
    ("output/format", changed(output={"format": "xml", "json_schema": None})),
    ("output/json_schema", changed(output={"format": "json", "json_schema": []})),
    ("models/0/model", modelled(model="")),
    ("models/0/parameters", modelled(parameters=[])),
    ("models/0/parameters/t", modelled(parameters={"t": float("nan")})),
    ("models/0/parameters/t", modelled(parameters={"t": 2**53})),
    ("models/0/overrides/gone", modelled(overrides={"gone": {"body": ""}})),
    ("models/0/overrides/k/title", modelled(overrides={"k": {"body": "", "title": ""}})),
    ("models/0/overrides/k", modelled(overrides={"k": {"body": "x" * (MAX_BLOCK_BYTES + 1)}})),
    ("tools/0", changed(tools=["search"])),
    ("blocks/0/body", document({**new_block("role"), "body": object()})),
    ("", []),
]


@pytest.mark.parametrize(("path", "content"), BAD)
def test_each_fault_is_named_with_its_place(path: str, content: Any) -> None:
    problems = check_content(content)

    assert [problem.path for problem in problems] == [path]
    assert problems[0].sentence.endswith((".", "…"))
    with pytest.raises(ContentError):
        require_content(content)


def test_the_twins_without_the_fault_pass() -> None:
    good = [
        varied(type="choice", choices=["a"]),
        varied(required=False, type="number", default=1),
        varied(max_length=5),
        modelled(overrides={"k": {"body": ""}}, parameters={"t": 0.5, "n": 2**53 - 1}),
        document(new_block("examples", rows=[{"input": "", "output": ""}])),
        changed(output={"format": "json", "json_schema": {}}, tools=[{}]),
    ]

    assert [check_content(content) for content in good] == [[]] * len(good)
    for content in good:
        require_content(content)


def test_several_faults_are_told_together() -> None:
    content = document({**new_block("role"), "type": "poem"}, variables=[new_variable("n"), 3])

    assert [p.path for p in check_content(content)] == ["blocks/0/type", "variables/1"]


@pytest.mark.parametrize(
    "path", ["a", "support/refunds/reply", "0-_/a", "a" * 63, "/".join("abcdefgh")]
)
def test_check_path_lets_good_paths_through(path: str) -> None:
    assert check_path(path) == ""


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "Each part of a path needs a name."),
        ("a//b", "Each part of a path needs a name."),
        ("a/", "Each part of a path needs a name."),
        ("/".join("abcdefghi"), "A path has at most 8 parts; this one has 9."),
        ("a" * 64, f"“{'a' * 20}…” is too long: a part of a path has at most 63 characters."),
        *(
            (
                bad,
                f"“{bad}” cannot be part of a path. Use small letters, digits, - and _, "
                "and begin with a letter or a digit.",
            )
            for bad in ("A", "-a", "_a", "a.b", "é", "a b", "..", "a\n", "%2e", "１")
        ),
    ],
)
def test_check_path_says_what_is_wrong(path: str, sentence: str) -> None:
    assert check_path(path) == sentence


def test_check_variable_name() -> None:
    good = ["a", "_", "A1_b", "a" * 64]
    bad = ["", "1a", "a-b", "a b", "é", "a.b", "a\n", "a" * 65, "{{a}}"]

    assert [check_variable_name(name) for name in good] == [""] * len(good)
    assert [bool(check_variable_name(name)) for name in bad] == [True] * len(bad)


def test_imported_keys_are_the_same_everywhere_and_differ_by_occurrence() -> None:
    key = imported_block_key("# STEPS", 1)

    assert key == imported_block_key("## Steps:", 1) == "6bc4fd85-9c9c-534d-aaab-1616cdd9198a"
    assert imported_block_key("# STEPS", 2) != key
    assert imported_block_key("# STEP", 1) != key


@given(rows.filter(bool))
def test_rows_written_as_text_lose_no_word(given_rows: list[dict[str, str]]) -> None:
    text = rows_text(given_rows)
    before, read = text_rows(text)

    assert (before, rows_text(read)) == ("", text)


@given(blocks(), st.sampled_from(("custom", "input", "note")))
def test_retype_writes_every_word_into_the_body(block: dict[str, Any], to: str) -> None:
    kept = copy.deepcopy(block)

    changed = retype(block, to)

    words = [block["body"], *(row[side] for row in block.get("rows", ()) for side in row)]
    assert [word for word in words if word not in changed["body"]] == []
    assert [changed[name] for name in ("key", "title", "enabled")] == [
        block[name] for name in ("key", "title", "enabled")
    ]
    assert check_content(document(changed)) == []
    assert block == kept


@given(st.lists(st.sampled_from(("Input: ", "\nOutput: ", "\n\n", "a", "{{b}}"))).map("".join))
def test_retype_to_examples_and_back_gives_the_body_again(body: str) -> None:
    there = retype(new_block("custom", body=body), "examples")

    assert check_content(document(there)) == []
    assert retype(there, "custom")["body"].lstrip("\n") == body.lstrip("\n")


def test_retype_goes_there_and_back() -> None:
    pairs = [{"input": "a\nb", "output": "c"}, {"input": "d", "output": ""}]
    block = new_block("examples", title="T", body="Before", rows=pairs)

    custom = retype(block, "custom")
    back = retype(custom, "examples")

    assert custom["body"] == "Before\n\nInput: a\nb\nOutput: c\n\nInput: d\nOutput: "
    assert back == block


def test_retype_variable_drops_what_the_type_does_not_have() -> None:
    choice = new_variable("n", type="choice", required=False, default="a", choices=("a",))
    text = new_variable("n", required=False, default="a", max_length=5)

    assert retype_variable(choice, "number") == new_variable("n", type="number", required=False)
    assert retype_variable(text, "long_text") == {**text, "type": "long_text"}
    assert check_content(changed(variables=[retype_variable(choice, "json")])) == []
