"""Senders of events for the figures of the intake: bodies made ahead, retried until taken."""

import http.client
import itertools
import json
import threading
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

ADDRESS = "/api/v1/logs"
MODELS = ("openai/gpt-5", "openai/gpt-5-mini", "anthropic/claude-sonnet-4-5")


def events(count: int, path: str) -> Iterator[dict[str, object]]:
    """Calls as the client library tells them."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    for number in range(count):
        yield {
            "id": str(uuid.uuid4()), "prompt": path, "version": 1, "environment": "production",
            "unit": f"customer-{number % 5000}", "model": MODELS[number % 3], "started_at": now,
            "latency_ms": 200.0 + number % 1800, "input_tokens": 100 + number % 900,
            "output_tokens": number % 300, "status": "error" if number % 50 == 0 else "ok",
            "variables": {"message": None, "shop": None},
        }  # fmt: skip


def bodies(told: Iterable[dict[str, object]], size: int) -> list[bytes]:
    found, rows = [], iter(told)
    while batch := list(itertools.islice(rows, size)):
        found.append(json.dumps({"events": batch}, separators=(",", ":")).encode())
    return found


@dataclass
class Sent:
    """What became of the batches: how often they were sent in vain, and how long one took."""

    accepted: int = 0
    duplicates: int = 0
    in_vain: int = 0
    seconds: list[float] = field(default_factory=list)


@dataclass
class Sender:
    """Threads that send batches, each to one of the servers and again until it says that it has
    it."""

    urls: Sequence[str]
    key: str
    threads: int = 4  # for each server
    pause: float = 0.0  # seconds between two batches of a thread
    sent: Sent = field(default_factory=Sent)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, batches: list[bytes], within: float = 600.0) -> Sent:
        waiting, end = list(reversed(batches)), time.monotonic() + within
        work = [
            threading.Thread(target=self._work, args=(url, waiting, end))
            for url in self.urls
            for _ in range(self.threads)
        ]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        if waiting:
            raise RuntimeError(f"{len(waiting)} batches were not taken in time")
        return self.sent

    def _work(self, url: str, waiting: list[bytes], end: float) -> None:
        place = urlsplit(url)
        line = http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)
        while time.monotonic() < end:
            with self._lock:
                if not waiting:
                    line.close()
                    return
                body = waiting.pop()
            if not self._taken(line, body):
                with self._lock:
                    waiting.append(body)
                    self.sent.in_vain += 1
                time.sleep(0.05)
            time.sleep(self.pause)

    def _taken(self, line: http.client.HTTPConnection, body: bytes) -> bool:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        began = time.perf_counter()
        try:
            line.request("POST", ADDRESS, body, headers)
            answer = line.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            line.close()
            return False
        if answer.status != 202:
            return False
        told = json.loads(said)
        if told["rejected"]:
            raise RuntimeError(str(told["rejected"][0]))
        with self._lock:
            self.sent.accepted += told["accepted"]
            self.sent.duplicates += told["duplicates"]
            self.sent.seconds.append(time.perf_counter() - began)
        return True
