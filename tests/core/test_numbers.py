from __future__ import annotations

import pytest

from apps.core.numbers import LARGEST_ID, LARGEST_NUMBER, whole


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID)]
)
def test_whole_reads_a_number(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", [None, "", "²", "٣", "-1", "+1", "1.0", " 1", "1\x00", str(LARGEST_ID + 1), "9" * 5000]
)
def test_whole_is_none_for_anything_else(text):
    assert whole(text) is None


def test_whole_has_a_largest():
    assert whole("2147483647", LARGEST_NUMBER) == 2147483647
    assert whole("2147483648", LARGEST_NUMBER) is None
