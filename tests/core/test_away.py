from __future__ import annotations

import io
import logging
import sys

import pytest
from django.db import OperationalError

from apps.core.away import OneLine


def logged(error: Exception) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(OneLine())
    try:
        raise error
    except type(error):
        found = sys.exc_info()
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 1, "%s: %s", ("Service Unavailable", "/"), found
    )
    handler.handle(record)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("error", "short"),
    [(OperationalError("no connection\nIs it running?"), True), (ValueError("no"), False)],
)
def test_a_page_without_its_database_is_one_line_of_the_log(error: Exception, short: bool) -> None:
    said = logged(error).strip().splitlines()

    assert said[0].startswith("Service Unavailable: /")
    assert (len(said) == 1) == short
    assert ("no connection" in said[0], "Is it running?" in said[0]) == (short, False)
