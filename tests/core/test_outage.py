from __future__ import annotations

import logging
import socket

import pytest
from django.db import connection
from psycopg_pool import ConnectionPool, PoolTimeout

from apps.core.outage import OUTAGE


@pytest.fixture
def nowhere() -> str:
    """Where no database answers."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"host=127.0.0.1 port={held.getsockname()[1]} user=x dbname=x"


@pytest.mark.django_db
def test_an_outage_is_one_line_when_it_begins_and_one_when_it_ends(nowhere: str, caplog) -> None:
    with caplog.at_level(logging.WARNING):
        with ConnectionPool(nowhere, min_size=3, open=False) as pool, pytest.raises(PoolTimeout):
            pool.wait(timeout=2.5)  # each of its connections is tried three times meanwhile
        during = [record.getMessage() for record in caplog.records]
        for _connection in range(2):
            another = connection.copy()
            another.ensure_connection()
            another.close()

    assert len(during) == 1
    assert during[0].startswith("the database does not answer; said again when it does: ")
    said = [record.getMessage() for record in caplog.records][1:]
    assert [words.rpartition(",")[0] for words in said] == ["the database answers again"]


def test_other_words_of_the_pool_stay_as_they_are() -> None:
    args = ("psycopg.pool", logging.WARNING, "", 1, "rolling back returned connection: %s", ("x",))

    assert OUTAGE.filter(logging.LogRecord(*args, None))
