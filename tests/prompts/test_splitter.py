from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts.compile import compile_content
from apps.prompts.content import (
    ContentError,
    canonical_bytes,
    check_content,
    content_hash,
    normalise,
)
from apps.prompts.splitter import (
    SplitBlock,
    content_from_blocks,
    content_from_text,
    heading_type,
    join,
    split_markdown,
)
from tests.prompts.documents import histories, texts

FABRIC = """# IDENTITY and PURPOSE

You are an expert.

# STEPS
- Read {{text}}.

# OUTPUT INSTRUCTIONS

```
# not a heading
```

# INPUT:

INPUT: {{ text }} {{lang}} {{base64('x')}} {{interactsh-url}}
"""

markdown = st.lists(
    st.sampled_from(
        ("# A", "## B c", "# STEPS", "### D", "#", "# ", "#E", " # F", "```", "~~~", "````py", "x",
         "", "\n", "\n", "\n", "\r\n", "\r", "{{a}}", "é")
    )
).map("".join)  # fmt: skip


@given(markdown | texts)
def test_blocks_joined_are_the_text_byte_for_byte(text: str) -> None:
    blocks = split_markdown(text)

    assert join(blocks) == normalise(text)
    assert all("\n" not in block.title for block in blocks)
    assert all(block.body.startswith("\n") or not block.body for block in blocks if block.title)
    assert [block for block in blocks[1:] if not block.title] == []


@given(markdown)
def test_an_imported_text_is_good_content_and_compiles_to_its_own_bytes(text: str) -> None:
    content = content_from_text(text)

    assert check_content(content) == []
    blocks = split_markdown(text)
    sent = [block for block in blocks if block.title or block.body.strip()]
    system = join(block for block in sent if block.type != "input")
    user = join(block for block in sent if block.type == "input")
    expected = [("system", system), ("user", user)]
    assert [(m["role"], m["content"]) for m in compile_content(content).messages] == [
        (role, words) for role, words in expected if words.strip()
    ]


def test_a_prompt_by_hand() -> None:
    assert split_markdown(FABRIC) == [
        SplitBlock("role", "# IDENTITY and PURPOSE", "\n\nYou are an expert.\n\n"),
        SplitBlock("instructions", "# STEPS", "\n- Read {{text}}.\n\n"),
        SplitBlock("output_format", "# OUTPUT INSTRUCTIONS", "\n\n```\n# not a heading\n```\n\n"),
        SplitBlock("input", "# INPUT:", FABRIC[FABRIC.index("# INPUT:") + 8 :]),
    ]


def test_fitting_names_become_required_text_variables_and_no_others() -> None:
    variables = content_from_text(FABRIC)["variables"]

    assert [(v["name"], v["type"], v["required"]) for v in variables] == [
        ("text", "text", True),
        ("lang", "text", True),
    ]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", [("instructions", "", "")]),
        ("Just do it.", [("instructions", "", "Just do it.")]),
        ("Hello\n# STEPS\nGo", [("custom", "", "Hello\n"), ("instructions", "# STEPS", "\nGo")]),
        ("# INPUT", [("input", "# INPUT", "")]),
        ("# INPUT\n", [("input", "# INPUT", "\n")]),
        ("#STEPS\n### Small\n # no\n#", [("instructions", "", "#STEPS\n### Small\n # no\n#")]),
        ("~~~\n~~\n# a\n~~~\n# B", [("custom", "", "~~~\n~~\n# a\n~~~\n"), ("custom", "# B", "")]),
        ("````\n```\n# a\n", [("instructions", "", "````\n```\n# a\n")]),
        ("```x`\n# Role", [("custom", "", "```x`\n"), ("role", "# Role", "")]),
        (f"# {'x' * 1000}", [("instructions", "", f"# {'x' * 1000}")]),
    ],
)  # fmt: skip
def test_the_exact_rule(text: str, blocks: list[tuple[str, str, str]]) -> None:
    assert [tuple(block) for block in split_markdown(text)] == blocks


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("# IDENTITY and PURPOSE", "role"),
        ("# Your role", "role"),
        ("## 1. STEPS:", "instructions"),
        ("# INSTRUCTIONS", "instructions"),
        ("# GOAL", "instructions"),
        ("# OUTPUT INSTRUCTIONS", "output_format"),
        ("# Output_Format", "output_format"),
        ("# EXAMPLE OUTPUT", "examples"),
        ("# Examples", "examples"),
        ("# INPUT:", "input"),
        ("# INPUT INSTRUCTIONS", "instructions"),
        ("# **CONTEXT**", "context"),
        ("# Background", "context"),
        ("# RULES", "guardrails"),
        ("# RESTRICTIONS", "guardrails"),
        ("# Guardrails", "guardrails"),
        ("# Ethics", "custom"),
        ("# 语气", "custom"),
    ],
)
def test_headings_map_to_types(heading: str, kind: str) -> None:
    assert heading_type(heading) == kind


def test_more_headings_than_blocks_keep_the_text() -> None:
    small = "# One\n" + "## Two\n" * 300
    large = "# One\n" * 300

    assert [len(split_markdown(text)) for text in (small, large)] == [1, 200]
    assert [join(split_markdown(text)) for text in (small, large)] == [small, large]


def test_equal_texts_have_equal_hashes_and_headings_keep_their_keys() -> None:
    one, other = (content_hash(canonical_bytes(content_from_text(FABRIC))) for _ in range(2))
    edited = content_from_text("# STEPS\nNew\n# STEPS\nAgain\n# IDENTITY AND PURPOSE\nMe")

    keys = [block["key"] for block in content_from_text(FABRIC)["blocks"]]
    assert one == other
    assert len(set(keys)) == 4
    assert [block["key"] for block in edited["blocks"]][::2] == [keys[1], keys[0]]
    assert edited["blocks"][1]["key"] not in keys


def test_blocks_that_a_person_confirmed_keep_their_types() -> None:
    blocks = [SplitBlock("examples", "", "Like {{a}}"), SplitBlock("note", "# N", "\n{{b}}")]

    content = content_from_blocks(blocks)

    assert [(b["type"], b["title"], b["body"]) for b in content["blocks"]] == [
        tuple(b) for b in blocks
    ]
    assert content["blocks"][0]["as"] == "text"
    assert [variable["name"] for variable in content["variables"]] == ["a"]
    assert check_content(content) == []


def test_a_broken_text_is_refused() -> None:
    with pytest.raises(ContentError, match="NUL"):
        split_markdown("# a\x00")


def test_real_histories_come_through_whole_and_stay_different() -> None:
    versions = [(h["name"], v["text"]) for h in histories() for v in h["versions"]]

    contents = [content_from_text(text) for _, text in versions]

    assert [join(split_markdown(text)) for _, text in versions] == [
        text.replace("\r\n", "\n").replace("\r", "\n") for _, text in versions
    ]
    assert [check_content(content) for content in contents] == [[]] * 77
    hashes = {
        (name, content_hash(canonical_bytes(c)))
        for (name, _), c in zip(versions, contents, strict=True)
    }
    assert len(hashes) == len(set(versions))
    assert sum("\r" in text for _, text in versions) == 3
    assert {block["type"] for content in contents for block in content["blocks"]} == {
        "role", "instructions", "output_format", "input", "custom", "examples", "context",
    }  # fmt: skip
