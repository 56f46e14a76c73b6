"""Where the statements of the columnar engine run: inside this process (chDB, for tests and for
one process alone), or on a ClickHouse server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

Row = list[Any]
FORM = "JSONCompactEachRow"
_open: dict[Path, Embedded] = {}
_opening = threading.Lock()


class Runner(Protocol):
    def ask(self, statement: str) -> list[Row]: ...

    def do(self, statement: str, rows: Iterable[Any] = ()) -> None:
        """`rows`: of an INSERT, in the order of its columns."""


class Embedded:
    """One session of chDB, whose statements come one after the other."""

    def __init__(self, folder: Path) -> None:
        from chdb.session import Session

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._session = Session(str(folder))
        self._lock = threading.Lock()

    def ask(self, statement: str) -> list[Row]:
        return _rows(self._run(statement))

    def do(self, statement: str, rows: Iterable[Any] = ()) -> None:
        self._run(statement + _lines(rows))

    def _run(self, statement: str) -> str:
        with self._lock:
            return str(self._session.query(statement, FORM))


def embedded(folder: Path) -> Embedded:
    """A folder is opened once in a process."""
    with _opening:
        if folder not in _open:
            _open[folder] = Embedded(folder)
        return _open[folder]


class Server:
    """A ClickHouse server over HTTP: http://name:password@host:8123/database."""

    def __init__(self, url: str) -> None:
        import httpx

        parts = urlsplit(url)
        self._http = httpx.Client(
            base_url=f"{parts.scheme}://{parts.hostname}:{parts.port or 8123}",
            auth=(parts.username or "default", parts.password or ""),
            params={"database": parts.path.strip("/") or "default", "default_format": FORM},
            timeout=30,
        )

    def ask(self, statement: str) -> list[Row]:
        return _rows(self._run(statement))

    def do(self, statement: str, rows: Iterable[Any] = ()) -> None:
        self._run(statement + _lines(rows))

    def _run(self, statement: str) -> str:
        answer = self._http.post("/", content=statement.encode())
        if answer.status_code != 200:
            raise RuntimeError(f"the server of the calls answered: {answer.text[:500]}")
        return answer.text


def _rows(text: str) -> list[Row]:
    return [json.loads(line) for line in text.splitlines() if line]


def _lines(rows: Iterable[Any]) -> str:
    lines = "\n".join(json.dumps(list(row), default=_plain, ensure_ascii=False) for row in rows)
    return f" FORMAT {FORM}\n{lines}" if lines else ""


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else str(value)


def quoted(value: Any) -> str:
    """A value as a literal."""
    if isinstance(value, bool) or value is None:
        raise TypeError("no such literal is needed")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f"toDateTime64('{_plain(value)}', 6, 'UTC')"
    if isinstance(value, date):
        return f"toDate('{value.isoformat()}')"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    return f"({', '.join(quoted(one) for one in value)})"
