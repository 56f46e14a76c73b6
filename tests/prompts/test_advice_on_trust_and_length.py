"""Advice on a user's words among the instructions, and on length; with what is no case of it."""

from __future__ import annotations

import pytest

from apps.llm.prices import context_window
from apps.prompts.content import new_block, new_variable
from apps.prompts.lint import LONG_TOKENS, lint
from tests.prompts.documents import document


def codes(*blocks, **fields):
    return [finding.code for finding in lint(document(*blocks, **fields))]


def using(name, *, kind="instructions", type="text", enabled=True):
    block = new_block(kind, key="k", body=f"Answer this: {{{{{name}}}}}", enabled=enabled)
    choices = ["a"] if type == "choice" else []
    return codes(block, variables=[new_variable(name, type=type, choices=choices)])


OUTSIDE = [
    "message", "customer_message", "question", "email", "email_body", "user_input", "comment",
    "ticket", "chat_history", "transcript", "review", "search_query", "feedback", "document",
    "request_text", "web_page", "Message",
]  # fmt: skip
INSIDE = [
    "customer_name", "shop", "order_id", "language", "tone", "date", "message_count",
    "email_domain", "review_date", "plan", "policy", "brand", "question_number", "ticket_id",
    "inputs_allowed",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_users_words_among_the_instructions_are_advised_against(name):
    assert "untrusted_variable" in using(name)


@pytest.mark.parametrize("name", INSIDE)
def test_what_the_application_says_itself_is_no_users_word(name):
    assert "untrusted_variable" not in using(name)


@pytest.mark.parametrize(
    "case",
    [
        {"kind": "input"}, {"kind": "note"}, {"enabled": False}, {"type": "number"},
        {"type": "choice"}, {"type": "yes_no"},
    ],
)  # fmt: skip
def test_where_a_users_words_give_no_orders_nothing_is_said(case):
    assert "untrusted_variable" not in using("message", **case)


def test_the_words_for_one_model_are_read_too():
    block = new_block("role", key="k", body="Be brief.")
    own = {"model": "acme/small", "parameters": {}, "overrides": {"k": {"body": "{{message}}"}}}

    found = lint(document(block, models=[own], variables=[new_variable("message")]))

    assert [finding.code for finding in found] == ["untrusted_variable"]
    assert "Move it to an Input block" in found[0].sentence


def saying(words, *models):
    named = [{"model": one, "parameters": {}, "overrides": {}} for one in models]
    return document(new_block("role", key="k", body=words), models=named)


def test_a_long_prompt_is_advised_against_by_what_the_model_reads():
    words = "word " * (LONG_TOKENS + 10)

    assert [f.code for f in lint(saying(words))] == ["too_long"]
    assert [f.code for f in lint(saying(words, "unheard/of"))] == ["too_long"]
    assert lint(saying(words, "openai/gpt-4o-mini")) == []
    assert lint(saying("word " * (LONG_TOKENS - 10))) == []


def test_a_known_window_is_named():
    window = context_window("openai/gpt-4o-mini")
    assert window and context_window("unheard/of") is None

    (finding,) = lint(saying("word " * (window // 4 + 10), "openai/gpt-4o-mini"))

    assert finding.level == "yellow"
    assert f"{window:,}" in finding.sentence and "gpt-4o-mini" in finding.sentence


def test_what_no_model_can_read_at_once_stops_a_release():
    window = context_window("openai/gpt-4")
    assert window

    (finding,) = lint(saying("word " * (window + 10), "openai/gpt-4"))

    assert (finding.code, finding.level) == ("too_long", "red")
    assert f"which can read {window:,} at once" in finding.sentence


def test_other_words_count_for_the_model_that_gets_them():
    content = saying("Be brief.", "acme/a", "acme/b")
    content["models"][1]["overrides"] = {"k": {"body": "word " * (LONG_TOKENS + 10)}}

    (finding,) = lint(content)

    assert "for acme/b" in finding.sentence
