from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.prompts.placeholders import (
    Token,
    escape,
    odd_braces,
    substitute,
    tokens,
    variable_names,
)

pieces = st.lists(
    st.sampled_from(("{", "}", "{{", "}}", "\\", " ", "a", "b1", "_", "-", "é", "\n", "{{a}}"))
).map("".join)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"


def reference(text: str, texts: dict[str, str]) -> str:
    """The same rule, written letter by letter."""
    out, place = "", 0
    while place < len(text):
        start = place
        while text[start : start + 1] == "\\":
            start += 1
        slashes = start - place
        name, end = name_at(text, start)
        if name or (slashes and text.startswith("{{", start)):
            is_literal = slashes % 2 == 1 or not name
            out += "\\" * (slashes // 2) + ("{{" if is_literal else texts[name])
            place = start + 2 if is_literal else end
        else:
            out += text[place : start + 1]
            place = start + 1
    return out


def name_at(text: str, start: int) -> tuple[str, int]:
    end = text.find("}}", start + 2)
    if not text.startswith("{{", start) or end < 0:
        return "", start
    inside = text[start + 2 : end]
    name = inside.strip(" ")
    spaces = (len(inside) - len(inside.lstrip(" ")), len(inside) - len(inside.rstrip(" ")))
    if not name or len(name) > 64 or max(spaces) > 8 or name[0] not in LETTERS:
        return "", start
    return (name, end + 2) if set(name) <= {*LETTERS, *"0123456789"} else ("", start)


class Texts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return f"<{name}\\{{{{{name}}}}}>"


@given(pieces)
@example("\\\\\\{{a}}")
@example("{{{a}}}")
@example("\\{{{a}}")
def test_t15_substitute_does_what_the_reference_does(text: str) -> None:
    assert substitute(text, Texts()) == reference(text, Texts())


@given(pieces, pieces)
def test_t15_a_value_is_never_read_again(before: str, value: str) -> None:
    assert substitute(f"{escape(before)}\n{{{{v}}}}", {"v": value}) == f"{before}\n{value}"


@given(pieces)
def test_escape_makes_a_text_stand_for_itself(text: str) -> None:
    assert substitute(escape(text), {}) == text
    assert variable_names(escape(text)) == []


@given(pieces)
def test_tokens_put_together_are_the_text_and_agree_with_the_rest(text: str) -> None:
    found = tokens(text)

    assert "".join(token.text for token in found) == text
    assert [text[t.start : t.start + len(t.text)] for t in found] == [t.text for t in found]
    names = [token.value for token in found if token.kind == "variable"]
    assert variable_names(text) == list(dict.fromkeys(names))
    meaning = (Texts()[t.value] if t.kind == "variable" else t.value for t in found)
    assert "".join(meaning) == substitute(text, Texts())


@given(pieces.map(lambda text: text.replace("\\", "")))
def test_odd_braces_are_those_that_begin_no_variable(text: str) -> None:
    ends = [run.end() - 2 for run in re.finditer(r"\{{2,}", text)]

    odd = [Token("odd", "{{", place, "{{") for place in ends if not name_at(text, place)[0]]

    assert odd_braces(text) == odd


def test_escaped_braces_are_not_odd() -> None:
    assert odd_braces("\\{{x-y}} \\\\{{x-y}}") == [Token("odd", "{{", 11, "{{")]


def test_tokens_by_hand() -> None:
    assert tokens("Hi {{ a }}, \\{{b}} {{c-d}}\\\\{{e}}!") == [
        Token("text", "Hi ", 0, "Hi "),
        Token("variable", "{{ a }}", 3, "a"),
        Token("text", ", \\{{b}} {{c-d}}\\\\", 10, ", {{b}} {{c-d}}\\"),
        Token("variable", "{{e}}", 28, "e"),
        Token("text", "!", 33, "!"),
    ]


def test_odd_braces_stops_at_its_limit() -> None:
    assert len(odd_braces("{{ ! " * 1000)) == 100
    assert [token.start for token in odd_braces("{{ ! " * 1000, 2)] == [0, 5]


PAYLOADS = [
    "{{7*7}}", "{{ 7*'7' }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{config}}!", "{% debug %}",
    "{{self.__init__}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{{request|attr('x')}}",
    "{{settings.SECRET_KEY}}", "{% load log %}{% get_admin_log 10 as l %}",
    "{{messages.storages.0}}", "{0.__class__}", "{a.__init__.__globals__}", "{:>1000000000}",
    "%(a)s", "%s%s%s", "$a", "${a}", "{{cycler.__init__.__globals__.os.popen('id').read()}}",
    "{{lipsum.__globals__['os']}}", "{{get_flashed_messages.__globals__}}",
    "{{url_for.__globals__}}", "{{joiner()}}", "{{range(9)}}", '{{"a"|upper}}', "{{a|safe}}",
    "{{a.b}}", "{{a[0]}}", "{{a()}}", "{{a:>10}}", "{{a!r}}", "{{#if a}}x{{/if}}",
    "{{> partial}}", "{{& a}}", "{{^a}}x{{/a}}", "{{! comment }}", "{{=<% %>=}}", "[[${7*7}]]",
    "*{7*7}", "@{7*7}", "~{x::y}", "#set($x=7*7)$x", "$!{x}", "{php}echo 1{/php}",
    "{{constructor.constructor('alert(1)')()}}",
    "{{_self.env.registerUndefinedFilterCallback('x')}}", "{{['id']|filter('system')}}",
    "{{dump(app)}}", "{$smarty.version}", "<#assign x=1>${x}", "${T(java.lang.Runtime)}",
    "{{= 7*7}}", "{{-7*7-}}", "{{{7*7}}}", "{{ {{ }} }}", "{{}}", "{{ }}", "{{\ta}}", "{{a\n}}",
    "{{ａ}}", "{{a\u200b}}", "{{\u202ea}}",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_t15_template_payloads_come_out_verbatim(payload: str) -> None:
    values = {"a": "A", "config": "C"}

    expected = payload.replace("{{config}}", "C")

    assert substitute(payload, values) == expected
    assert substitute("{{a}}", {"a": payload}) == payload


LONG = [
    "{{", "{{ ", "{{        ", "{{" + "a" * 64, "{{        a", "\\", "\\{", "\\\\{{", "{", "}",
    "{{a}", "{{a }", "{{{{}}", "{{a        }", "\\{{a}}", "{{a}}",
]  # fmt: skip


def fastest(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(3):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return min(spent)


@pytest.mark.parametrize("piece", LONG)
def test_t16_time_grows_no_faster_than_the_text(piece: str) -> None:
    small, large = (piece * (size // len(piece)) for size in (32 * 1024, 256 * 1024))

    def scan(text: str) -> object:
        return variable_names(text), substitute(text, {"a": ""}), odd_braces(text), tokens(text)

    # Eight times the text; squared growth would be 64 times. 5 ms absorb the clock's grain.
    assert fastest(lambda: scan(large)) < 24 * fastest(lambda: scan(small)) + 0.005
