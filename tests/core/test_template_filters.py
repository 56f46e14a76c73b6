"""The filters that draw people, times and the text of prompts."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.template import engines
from django.utils import timezone
from django_cotton.compiler_regex import CottonCompiler
from hypothesis import given
from hypothesis import strategies as st

from apps.core.templatetags import galley

BRACES = st.text(alphabet="{}\\ ab_1\n<&", max_size=60)


def draw(source: str, **context: object) -> str:
    """A piece of a template, read as the template loader reads it."""
    return engines["django"].from_string(CottonCompiler().process(source)).render(context)


@given(BRACES)
def test_pieces_put_together_are_the_text(text: str) -> None:
    drawn = [
        part.get("before", "") + part.get("name", part.get("text", "")) + part.get("after", "")
        for part in galley.pieces(text)
    ]

    assert "".join(drawn) == text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Hello {{name}}", ["name"]),
        ("{{ a }}{{b}}", ["a", "b"]),
        (r"\{{name}}", []),
        (r"\\{{name}}", ["name"]),
        ("{{interactsh-url}} {{}} {{1a}}", []),
        ("{{         nine}}", []),
    ],
)
def test_pieces_find_only_variables(text: str, names: list[str]) -> None:
    assert [part["name"] for part in galley.pieces(text) if "name" in part] == names


def test_text_is_escaped_and_whole() -> None:
    drawn = draw('<c-text :text="text" />', text="<b>{{ x }}</b>\n")

    assert drawn == (
        '&lt;b&gt;<span class="var"><span class="brace">{{ </span>x'
        '<span class="brace"> }}</span></span>&lt;/b&gt;\n'
    )


SEGMENTS = [
    SimpleNamespace(op="equal", text="a "),
    SimpleNamespace(op="delete", text="<i>"),
    SimpleNamespace(op="insert", text="c"),
]


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        ("old", 'a <del><span class="vh">removed: </span>&lt;i&gt;</del>'),
        ("new", 'a <ins><span class="vh">added: </span>c</ins>'),
    ],
)
def test_a_side_of_a_comparison_shows_its_own_words(side: str, expected: str) -> None:
    source = '<c-diff-segments :segments="segments" side="{{ side }}" />'

    assert draw(source, segments=SEGMENTS, side=side) == expected


def test_a_part_takes_nothing_from_the_page_around_it() -> None:
    drawn = draw('<c-icon name="home" />', size="<script>", tone="bad", label="x")

    assert '<svg class="ic" aria-hidden="true">' in drawn


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Moreno", "AM"), ("Léa", "L"), ("bo@example.com", "B"), ("release-bot", "RB"), ("", "?")],
)
def test_initials(name: str, letters: str) -> None:
    assert galley.initials(name) == letters


def test_hue_is_of_the_name_alone() -> None:
    person = SimpleNamespace(label="Ana Moreno", kind="person")

    assert galley.hue(person) == galley.hue("Ana Moreno") == 5


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (dt.timedelta(0), "just now"),
        (dt.timedelta(hours=2), "10:00"),
        (dt.timedelta(days=1), "Yesterday, 12:00"),
        (dt.timedelta(days=2), "Wed, 12:00"),
        (dt.timedelta(days=7), "13 November"),
        (dt.timedelta(days=400), "16 October 2025"),
        (-dt.timedelta(days=1), "Tomorrow, 12:00"),
    ],
)
def test_when_is_relative_for_seven_days(
    ago: dt.timedelta, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)

    with timezone.override(dt.UTC):
        assert galley.when(now - ago) == words


def test_bars_fill_the_width() -> None:
    shares = [
        {"type": "role", "tokens": 1},
        {"type": "note", "tokens": 0},
        {"type": "input", "tokens": 3},
    ]

    drawn = [(bar["type"], bar["x"], bar["width"]) for bar in galley.bars(shares)]

    assert drawn == [("role", "0.0", "249.0"), ("input", "253.0", "747.0")]


def test_short_hash() -> None:
    assert galley.short_hash("sha256:7c1e" + "0" * 56 + "40b9") == "7c1e…40b9"


def test_large_numbers_are_grouped() -> None:
    assert (galley.grouped(1500), galley.counted(1500, "case,cases")) == (
        "1,500",
        "1,500\u00a0cases",
    )
