"""A server that has loaded everything already and forks for each test that wants one: a start takes
0.1 s in place of 2. How Galley starts by itself is what tests/config is about.

`python -m tests.warm` reads lines of JSON, `{"database", "port", "log", "tells"}`, and answers each
with the id of the process that serves there. One that `tells` names in a header of each answer,
TEMPLATES, what it was drawn from, with commas between."""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORKERS_OWN = {"PYTEST_CURRENT_TEST", "GALLEY_DATABASE_NAME"}
TEMPLATES = "x-drawn-from"


class Warm:
    """The loaded server of this environment; at home in one test process."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self.close)

    def serve(self, database: str, port: int, log: Path, tells: bool = False) -> int:
        """The process that serves this database on this port."""
        assert self.process.stdin and self.process.stdout
        wanted = {"database": database, "port": port, "log": str(log), "tells": tells}
        self.process.stdin.write(f"{json.dumps(wanted)}\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        assert told, "the server could not be loaded; why stands above"
        return int(told)

    def close(self) -> None:
        """Its input ends, and so does it."""
        with suppress(BrokenPipeError):
            self.process.communicate()


def settled(environment: dict[str, str]) -> dict[str, str]:
    """What of an environment a server takes its settings from."""
    return {name: value for name, value in environment.items() if name not in WORKERS_OWN}


def main() -> None:
    load()
    signal.signal(signal.SIGCHLD, reap)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            answers.close()
            serve(**wanted)
            os._exit(0)
        print(child, file=answers, flush=True)


def load() -> None:
    """All that a server loads at its start and at its first pages."""
    import uvicorn  # noqa: F401
    from django.template.loader import get_template
    from django.urls import reverse

    import config.asgi  # noqa: F401
    from apps.llm.tokens import count_tokens

    assert reverse("pages:home") and count_tokens("a")
    for path in (ROOT / "templates").rglob("*.html"):
        get_template(str(path.relative_to(ROOT / "templates")))
    gc.collect()
    gc.freeze()  # what is loaded stays shared with those that are forked


def reap(*_: object) -> None:
    """A process that ended is gone, for whoever waits for it."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def serve(database: str, port: int, log: str, tells: bool) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    point_at(database)
    import uvicorn

    served: Any = telling() if tells else "config.asgi:application"
    uvicorn.run(served, port=port, timeout_graceful_shutdown=2)


def telling() -> Any:
    """The application, with the header TEMPLATES."""
    from django.template import Template
    from django.test.signals import template_rendered
    from django.test.utils import instrumented_test_render

    from config.asgi import application

    drawn: ContextVar[set[str] | None] = ContextVar("drawn", default=None)

    def note(template: Any, **_more: Any) -> None:
        names = drawn.get()
        if names is not None and template.name:
            names.add(template.name)

    async def told(scope: Any, receive: Any, send: Any) -> None:
        names: set[str] = set()
        drawn.set(names)

        async def send_with_names(message: Any) -> None:
            if message["type"] == "http.response.start":
                header = (TEMPLATES.encode(), ",".join(sorted(names)).encode())
                message = {**message, "headers": [*message["headers"], header]}
            await send(message)

        await application(scope, receive, send_with_names)

    Template._render = instrumented_test_render
    template_rendered.connect(note, weak=False)
    return told


def point_at(database: str) -> None:
    """As if the process had begun with this GALLEY_DATABASE_NAME."""
    from django.conf import settings
    from django.db import connections

    from config.celery import app, broker

    os.environ["GALLEY_DATABASE_NAME"] = database
    settings.ENV = replace(settings.ENV, embedded_name=database)
    for alias in connections.settings:
        connections.settings[alias]["NAME"] = database
    app.conf.update(broker(settings.ENV))


if __name__ == "__main__":
    main()
