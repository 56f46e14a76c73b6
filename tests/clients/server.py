"""A server on the loopback that answers as a test says and writes down what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def answer(text: str = "Hello {{name}}.", **fields: Any) -> dict[str, Any]:
    return {
        "prompt": "support/reply",
        "version": 3,
        "environment": "production",
        "revision": 7,
        "content_hash": "sha256:abc",
        "released_at": "2025-01-01T00:00:00Z",
        "messages": [{"role": "system", "content": text}],
        "variables": [
            {
                "name": "name",
                "type": "text",
                "required": True,
                "default": None,
                "description": "",
                "max_length": 20,
                "choices": [],
            }
        ],
        "model": {"id": "openai/gpt-5", "parameters": {"temperature": 0.2}},
        "output": {"format": "text", "json_schema": None},
        "tools": [],
        "split": None,
        "deprecated": None,
        **fields,
    }


class Server:
    """`reply` is (status, document or bytes, headers); `asked` the requests, oldest first. While
    `gate` is closed no answer goes out."""

    def __init__(self) -> None:
        self.reply: tuple[int, Any, dict[str, str]] = (200, answer(), {"ETag": '"7-abc"'})
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Semaphore(0)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def stop(self) -> None:
        self.gate.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.asked.append((self.path, headers))
                server.arrived.release()
                server.gate.wait(10)
                self._say(*server.reply, asked=headers)

            def _say(
                self, status: int, body: Any, extra: dict[str, str], asked: dict[str, str]
            ) -> None:
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                if status == 200 and asked.get("if-none-match") == extra.get("ETag", ""):
                    status, data = 304, b""
                self.send_response(status)
                for name, value in {**extra, "Content-Length": str(len(data))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler
