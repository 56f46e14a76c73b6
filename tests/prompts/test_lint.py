from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from apps.prompts.compare import visible
from apps.prompts.content import new_block, new_variable
from apps.prompts.invisible import hidden_names
from apps.prompts.lint import lint
from tests.prompts.documents import document, documents, texts


def block(body: str, kind: str = "role", **fields: Any) -> dict[str, Any]:
    return new_block(kind, key="k", body=body, **fields)


def found(*blocks: dict[str, Any], **fields: Any) -> list[tuple[str, str, str | None]]:
    return [(f.level, f.code, f.block_key) for f in lint(document(*blocks, **fields))]


def test_a_clean_prompt_has_no_findings() -> None:
    assert lint(document(block("Hi {{a}}, a → b, 👩‍🚀"), variables=[new_variable("a")])) == []


def test_undeclared_and_unused_variables() -> None:
    findings = lint(document(block("{{a}} \\{{c}}"), variables=[new_variable("b")]))

    assert [tuple(finding) for finding in findings] == [
        (
            "red",
            "undeclared_variable",
            "k",
            "“{{a}}” is used but not declared. Declare it, or take it out.",
        ),
        ("yellow", "unused_variable", None, "“b” is declared but no block uses it."),
    ]


def test_odd_braces_are_yellow_and_shown() -> None:
    (finding,) = lint(
        document(block("Use {{interactsh-url}}, {{base64('x')}}, {{}} and {{ open\n}}"))
    )

    assert tuple(finding) == (
        "yellow",
        "odd_braces",
        "k",
        "Role has braces that are no variable; they stay as they are: "
        "“{{interactsh-url}}”, “{{base64('x')}}”, “{{}}”.",
    )


def test_an_empty_prompt_is_yellow() -> None:
    assert found() == [("yellow", "empty_prompt", None)]
    assert found(block("x", enabled=False)) == [("yellow", "empty_prompt", None)]
    assert found(block("x")) == []


# Put together here, so that no scanner takes this file for a leak.
SECRETS = [
    ("a private key", "-----BEGIN RSA " + "PRIVATE KEY-----"),
    ("a private key", "-----BEGIN " + "PRIVATE KEY-----"),
    ("an OpenAI key", "sk-" + "proj-" + "a1B2" * 8),
    ("an Anthropic key", "sk-" + "ant-api03-" + "a1B2" * 8),
    ("an AWS access key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("a Google API key", "AIza" + "a1B2_" * 7),
    ("a GitHub token", "ghp_" + "a1B2" * 9),
    ("a GitHub token", "github_pat_" + "a1B2" * 8),
    ("a GitLab token", "glpat-" + "a1B2" * 5),
    ("a Slack token", "xoxb-" + "1234567890-abc"),
    ("a Stripe key", "sk_live_" + "a1B2" * 6),
    ("a Galley key", "gly_production_read_" + "a1B2c3D4_secret"),
]


@pytest.mark.parametrize(("kind", "secret"), SECRETS)
def test_secrets_are_red_wherever_they_stand(kind: str, secret: str) -> None:
    sentence = f"Role seems to hold {kind}. Take it out and replace it where it came from."

    (finding,) = lint(document(block(f"Use\n{secret}.")))

    assert tuple(finding) == ("red", "secret", "k", sentence)
    override = {"model": "m", "parameters": {}, "overrides": {"k": {"body": secret}}}
    rows = [{"input": "x", "output": secret}]
    assert found(block("x"), models=[override])[0] == ("red", "secret", "k")
    assert found(block("x", "examples", rows=rows))[0] == ("red", "secret", "k")
    assert found(block("x"), block(secret, "note"))[0] == ("red", "secret", "k")
    assert secret not in finding.sentence


NO_BLOCKS = [
    ("The variable “a”", lambda text: {"variables": [new_variable("a", default=text)]}),
    ("The variable “a”", lambda text: {"variables": [new_variable("a", description=text)]}),
    (
        "The variable “a”",
        lambda text: {"variables": [new_variable("a", type="choice", choices=["x", text])]},
    ),
    (
        "The output",
        lambda text: {"output": {"format": "json", "json_schema": {"enum": ["x", {"is": text}]}}},
    ),
    ("The output", lambda text: {"output": {"format": "json", "json_schema": {text: 1}}}),
    ("Tool 2", lambda text: {"tools": [{"name": "x"}, {"name": "y", "description": text}]}),
    (
        "Model 1",
        lambda text: {"models": [{"model": text, "parameters": {}, "overrides": {}}]},
    ),
    (
        "Model 1",
        lambda text: {"models": [{"model": "m", "parameters": {"stop": [text]}, "overrides": {}}]},
    ),
]


@pytest.mark.parametrize(("name", "fields"), NO_BLOCKS)
def test_what_is_no_block_is_read_too(name: str, fields: Any) -> None:
    secret = SECRETS[3][1]

    findings = lint(document(block("{{a}}"), **fields(f"ok\u202e\u200b{secret}")))

    about = [tuple(finding) for finding in findings if finding.code != "undeclared_variable"]
    hidden = "Right-to-left override, Zero width space"
    assert about == [
        (
            "red",
            "secret",
            None,
            f"{name} seems to hold an Anthropic key. "
            "Take it out and replace it where it came from.",
        ),
        (
            "yellow",
            "invisible_characters",
            None,
            f"{name} holds characters that nobody can see: {hidden}.",
        ),
    ]


def test_words_that_look_a_little_like_secrets_are_fine() -> None:
    harmless = "ask-me-anything-about-your-refunds sk-8 AKIA xoxb AIza ghp_ -----BEGIN LETTER-----"

    assert found(block(harmless)) == []


HIDDEN = [
    *(chr(code) for code in range(0x200B, 0x2010)),
    *(chr(code) for code in range(0x2028, 0x202F)),
    *(chr(code) for code in range(0x2060, 0x2070)),
    *(chr(code) for code in range(0x2000, 0x200B)),
    *(chr(code) for code in range(0xE0020, 0xE0080, 3)),
    *(chr(code) for code in range(0xE0100, 0xE01F0, 16)),
    *(chr(code) for code in (*range(1, 9), *range(0x0E, 0x20), 0x7F, 0x85, 0xA0, 0xAD)),
    *"\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3000\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\ufffc",
    *"\ue000\U0001d173\U000e0001\U000f0000",
]


@pytest.mark.parametrize("letter", HIDDEN, ids=lambda letter: f"U+{ord(letter):04X}")
def test_t31_each_hidden_character_is_shown_and_flagged(letter: str) -> None:
    shown = visible(f"pay{letter}pal")

    assert [part.text for part in shown] == ["pay", letter, "pal"]
    assert [bool(part.marker) for part in shown] == [False, True, False]
    assert shown[1].marker.isprintable()
    assert found(block(f"pay{letter}pal")) == [("yellow", "invisible_characters", "k")]


HARMLESS = [
    "plain\ttext\n",
    "👩‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ ☎︎ 1️⃣ #️⃣ 👍🏽",
    "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "مرحبا بالعالم",
    "می‌خواهم",
    "שלום עולם",
    "क्‍ष नमस्ते",
    "漢字かな交じり文、한국어",
    "Ünïcödé e\u0301 naïve — “quotes” … €",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_t31_emoji_and_scripts_are_left_alone(text: str) -> None:
    assert [tuple(part) for part in visible(text)] == [(text, "")]
    assert found(block(text)) == []


def test_t31_names_are_told_once() -> None:
    assert hidden_names("a\u200bb\u200bc\u202ed\U000e0041") == [
        "Zero width space",
        "Right-to-left override",
        "Tag character A",
    ]


@given(texts)
def test_visible_keeps_every_letter(text: str) -> None:
    assert "".join(part.text for part in visible(text)) == text


@given(documents())
def test_lint_reads_any_content_and_puts_red_first(content: dict[str, Any]) -> None:
    levels = [finding.level for finding in lint(content)]

    assert levels == sorted(levels)
    keys = {None, *(b["key"] for b in content["blocks"])}
    assert {finding.block_key for finding in lint(content)} <= keys
