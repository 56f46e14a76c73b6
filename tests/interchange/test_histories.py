from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from apps.interchange.histories import BadLine, HistoryLine, name_of, read_histories, segment_of

SAMPLES = Path(__file__).parents[1] / "data" / "prompt-histories.jsonl"
GOOD = {"name": "a", "versions": [{"at": 1, "author": "x", "message": "m", "text": "Hello"}]}


def read(*lines):
    data = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return list(read_histories(io.BytesIO(data.encode("utf-8", "surrogatepass"))))


def version(**changes):
    return GOOD | {"versions": [GOOD["versions"][0] | changes]}


def test_read_histories_gives_each_text_back_byte_for_byte():
    wanted = [json.loads(line) for line in SAMPLES.read_text(encoding="utf-8").split("\n") if line]

    with SAMPLES.open("rb") as file:
        lines = list(read_histories(file))

    for line, source in zip(lines, wanted, strict=True):
        assert isinstance(line, HistoryLine)
        for read_version, original in zip(line.versions, source["versions"], strict=True):
            blocks = read_version.document["blocks"]
            text = "".join(block["title"] + block["body"] for block in blocks)
            assert text == original["text"].replace("\r\n", "\n").replace("\r", "\n")
            assert read_version.at.timestamp() == original["at"]
            assert (read_version.author, read_version.reason) == (
                original["author"],
                original["message"],
            )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "It is not JSON."),
        ("[" * 100_000, "It is not JSON."),
        ("[]", "It has no “name”."),
        ({"name": 3}, "It has no “name”."),
        ({"name": "a"}, "It has no “versions”."),
        ({"name": "a", "versions": []}, "It has no “versions”."),
        (GOOD | {"name": "!!!"}, "No path can be made of the name “!!!”."),
        (version(text=3), "Version 1 has no “text”."),
        (version(at="May"), "Version 1 has no “at” in seconds since 1970."),
        (version(at=True), "Version 1 has no “at” in seconds since 1970."),
        (version(at=1e30), "Version 1: its “at” is no moment in time."),
        (version(message=[]), "Version 1: its “message” is no text."),
        (version(author="a\x00"), "Version 1: its “author” is no text."),
        (version(text="a\x00"), "Version 1: Line 1 holds a NUL character, which no model can"
         " read. Remove it."),
        (version(text="a" * (1024 * 1024 + 1)), "Version 1 is over 1,024 KiB."),
    ],
)  # fmt: skip
def test_read_histories_names_a_bad_line_and_goes_on(line, sentence):
    first, second = read(line, GOOD | {"name": "b"})

    assert first == BadLine(1, sentence)
    assert second.segment == "b"


def test_read_histories_refuses_bytes_that_are_no_text():
    (line,) = read_histories(io.BytesIO(b'{"name": "\xff"}\n'))

    assert line == BadLine(1, "It is not UTF-8 text.")


def test_read_histories_refuses_a_name_that_came_before():
    first, second = read(GOOD, "", GOOD | {"name": "A"})

    assert first.number == 1
    assert second == BadLine(3, "“A” stands on line 1 already.")


def test_read_histories_passes_over_a_line_that_is_too_long(monkeypatch):
    monkeypatch.setattr("apps.interchange.histories.MAX_LINE", 200)

    first, second = read(GOOD | {"name": "x" * 300}, GOOD)

    assert first == BadLine(1, "It is longer than 0 MiB.")
    assert second.number == 2


def test_segment_of_makes_a_path_of_a_name():
    assert segment_of("Refund Reply!") == "refund-reply"
    assert segment_of("create_quiz") == "create_quiz"
    assert name_of("create_quiz-2") == "Create quiz 2"
