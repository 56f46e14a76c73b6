from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from galley_client import ValuesError
from galley_client.rendering import render
from hypothesis import given
from hypothesis import strategies as st

from apps.prompts import compile as server_side
from tests.prompts.documents import variables, vectors

CLIENT = Path(__file__).parents[2] / "clients" / "python"


@pytest.mark.parametrize("vector", vectors("render"), ids=lambda vector: vector["name"])
def test_render_follows_the_vectors(vector: dict[str, Any]) -> None:
    limit = {"limit": vector["limit"]} if "limit" in vector else {}
    given_ = (vector["messages"], vector["variables"], vector["values"])
    if "problems" in vector:
        with pytest.raises(ValuesError) as refused:
            render(*given_, **limit)
        assert list(refused.value.problems) == vector["problems"]
        return

    assert render(*given_, **limit) == (vector["rendered"], vector["extra"])


words = st.text(st.sampled_from("{}\\ abc1_\n"), max_size=20)
values = st.none() | words | st.integers() | st.floats() | st.booleans() | st.lists(words)


@given(
    words.map(lambda text: text.replace("a", "{{a}}").replace("b", "{{ b }}")),
    st.tuples(variables("a"), variables("b")),
    st.dictionaries(st.sampled_from("abc"), values),
)
def test_render_agrees_with_the_server(
    text: str, declared: tuple[dict[str, Any], ...], given_: dict[str, Any]
) -> None:
    messages = [{"role": "user", "content": text}]
    try:
        expected = server_side.render(messages, declared, given_)
    except server_side.ValuesError as refused:
        with pytest.raises(ValuesError) as error:
            render(messages, declared, given_)
        assert list(error.value.problems.items()) == [tuple(p) for p in refused.problems]
    else:
        assert render(messages, declared, given_) == (
            list(expected.messages),
            list(expected.extra),
        )


def test_the_library_stands_alone() -> None:
    code = (
        "import sys, galley_client;"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'apps', 'config')])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CLIENT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
