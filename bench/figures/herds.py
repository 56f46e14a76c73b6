"""R14 and R15 at full length: a follower of many writers, and applications that all come back."""

import asyncio
import signal
from typing import Any

import uvloop

from bench.delivering import Process, delivering, scaled, until_ready
from bench.run import Measured, figure
from bench.served import own_database

EVENTS, WRITERS = 100_000, 8
CLIENTS, WITHIN = 2000, 60.0
_kept: dict[str, Any] = {}


@figure("follower_missed")
def follower_missed() -> Measured:
    """R14: events that a subscriber missed, saw twice or saw out of order."""
    with own_database():
        from tests.audit.following import follow
        from tests.teams.people import open_office

        office = open_office()
        events = scaled("EVENTS", EVENTS)
        seen = follow(office.leads, office.admin, events=events, writers=WRITERS)
    wrong = seen.missed + seen.again + seen.disordered
    return Measured(wrong, "events", seen.written, f"{WRITERS} writers, each event a transaction")


@figure("herd_service_s")
def herd_service() -> Measured:
    """R15: from the moment when all come back until the last has its prompt and its stream."""
    herd, count = _herd()
    words = f"10 s promised; answers by status {dict(herd.statuses)}"
    return Measured(round(herd.seconds, 2), "s", count, words, round(herd.seconds / 10, 2))


@figure("herd_5xx")
def herd_5xx() -> Measured:
    """Answers of 5xx while everybody comes back to a process that is ready."""
    herd, count = _herd()
    found = sum(n for status, n in herd.statuses.items() if status >= 500)
    return Measured(found, "answers", count, f"of {sum(herd.statuses.values())} answers")


def _herd() -> tuple[Any, int]:
    """Everybody is connected; the process is killed, and another one takes its port."""
    if not _kept:
        from bench.many import make_many

        count = scaled("CLIENTS", CLIENTS)
        with own_database() as name:
            many = make_many(20)
            with delivering(name) as process:
                until_ready(process)
                etag = _etag(process, many)
                uvloop.run(_come(process, many, etag, count))  # everybody was there
                process.child.send_signal(signal.SIGKILL)
                process.child.wait()
            with delivering(name) as process:
                until_ready(process)
                _kept["herd"] = uvloop.run(_come(process, many, etag, count)), count
    found: tuple[Any, int] = _kept["herd"]
    return found


def _etag(process: Process, many: Any) -> str:
    import urllib.request

    url = f"{process.url}/api/v1/prompts/{many.prompt.path}"
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {many.key}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return str(answer.headers["ETag"])


async def _come(process: Process, many: Any, etag: str, count: int) -> Any:
    from tests.delivery.herd import come_back

    herd = await come_back(process.port, many.key, many.prompt.path, etag, count, WITHIN)
    await asyncio.sleep(0.5)  # their streams end
    return herd
