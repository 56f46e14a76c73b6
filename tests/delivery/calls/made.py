"""Calls and feedback for the tests of the engines."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from apps.delivery.bins import bin_of
from apps.delivery.calls.columnar_runner import Embedded
from apps.delivery.calls.engine import Call, Feedback


@cache
def chdb_here() -> Embedded:
    """chDB inside this process, which has one folder open at a time: for all tests, each of which
    begins with `emptied`."""
    from apps.delivery.calls.columnar_runner import embedded

    folder = Path(tempfile.mkdtemp(prefix="galley-calls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return embedded(folder)


def emptied() -> Embedded:
    for table in ("calls", "feedback"):
        chdb_here().do(f"DROP TABLE IF EXISTS {table} SYNC")
    return chdb_here()


HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)


def call(ident: str, *, at: datetime = HOUR, latency: float = 800.0, **more) -> Call:
    given = {
        "environment_id": 1, "prompt_id": 5, "version_id": 7, "key_id": 3, "started_at": at,
        "latency_ms": latency, "day": at.date(), "input_tokens": 120, "output_tokens": 40,
        "latency_bin": bin_of(latency), "ident": ident, "arm": "", "split_id": "",
        "model": "openai/gpt-5", "status": "ok", "unit_hash": None, "cost": Decimal("0.0021"),
        "error": "", "tags": [], "variables": None, "output": None,
    }  # fmt: skip
    return Call(**{**given, **more})


def feedback(ident: str, value: float = 1.0, *, at: datetime = HOUR, **more) -> Feedback:
    given = {
        "environment_id": 1, "prompt_id": 5, "version_id": 7, "key_id": 3, "started_at": at,
        "value": value, "day": at.date(), "ident": ident, "log_ident": None, "arm": "",
        "split_id": "", "name": "thumbs", "kind": "score", "unit_hash": None, "comment": None,
    }  # fmt: skip
    return Feedback(**{**given, **more})
