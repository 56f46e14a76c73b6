"""A small real server on the loopback: it answers as Galley does, or with the fault that a test
asks for, and writes down what it was asked. Bytes go out as they are: nothing is put right."""

from __future__ import annotations

import hashlib
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.clients.harness.answers import answer
from tests.clients.harness.signer import Signer

Fault = Callable[[socket.socket, "Asked", "Server"], None]

PROMPTS = "/api/v1/prompts/"


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))


def say(
    to: socket.socket, status: int, headers: Mapping[str, str], body: bytes, *, length: bool = True
) -> None:
    lines = [f"HTTP/1.1 {status} x", *(f"{name}: {value}" for name, value in headers.items())]
    if length and status != 304:
        lines.append(f"Content-Length: {len(body)}")
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode()
    to.sendall(head + body)


def say_json(to: socket.socket, status: int, document: Any, **headers: str) -> None:
    kind = {"Content-Type": "application/json"}
    say(to, status, {**kind, **headers}, json.dumps(document).encode())


@dataclass
class Script:
    """`prompts`: what is live, by path; the answers of a split are several. `fault` stands for
    every answer of a prompt, `faults` for other addresses."""

    prompts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    fault: Fault | None = None
    faults: dict[str, Fault] = field(default_factory=dict)
    keys: list[Signer] = field(default_factory=list)
    has_stream: bool = False


class Server:
    """While `gate` is closed no prompt's answer goes out. `asked`: of prompts, oldest first;
    `others`: of all other addresses."""

    def __init__(self, port: int = 0) -> None:
        self.signer = Signer("k1")
        self.script = Script(keys=[self.signer])
        self.asked: list[Asked] = []
        self.others: list[Asked] = []
        self.events: list[dict[str, Any]] = []
        self.opinions: list[dict[str, Any]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Semaphore(0)
        self.heard = threading.Semaphore(0)  # a stream has begun
        self.logged = threading.Semaphore(0)
        self._streams: list[socket.socket] = []
        self._lock = threading.Lock()
        self._next_id = 0
        self.release()
        self._tcp = _Tcp(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._tcp.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._tcp.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def release(self, *answers: dict[str, Any], **fields: Any) -> None:
        """Make these answers live, or one made of the fields."""
        said = list(answers) or [answer(**fields)]
        self.script.prompts[said[0]["prompt"]] = said

    def tell(self, kind: str, **data: Any) -> None:
        """An event to every open stream."""
        self._next_id += 1
        lines = f"id: {self._next_id}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        self.send(lines.encode())

    def send(self, data: bytes) -> None:
        with self._lock:
            for stream in self._streams:
                stream.sendall(data)

    def cut_streams(self) -> None:
        with self._lock:
            for stream in self._streams:
                with suppress(OSError):  # the client was faster
                    stream.shutdown(socket.SHUT_RDWR)
            self._streams.clear()

    def stop(self) -> None:
        self.gate.set()
        self.cut_streams()
        self._tcp.shutdown()
        self._tcp.server_close()
        self._thread.join()

    def handle(self, to: socket.socket, asked: Asked) -> None:
        if not asked.path.startswith(PROMPTS):
            self.others.append(asked)
            self._other(to, asked)
            return
        self.asked.append(asked)
        self.arrived.release()
        self.gate.wait(20)
        (self.script.fault or say_prompt)(to, asked, self)

    def _other(self, to: socket.socket, asked: Asked) -> None:
        fault = self.script.faults.get(asked.path)
        if fault is not None:
            fault(to, asked, self)
        elif asked.path == "/.well-known/galley-keys":
            rows = [row for signer in self.script.keys for row in signer.document["keys"]]
            say_json(to, 200, {"keys": rows})
        elif asked.path == "/api/v1/bundle":
            say_json(to, 200, self.bundle())
        elif asked.path == "/api/v1/stream" and self.script.has_stream:
            self._stream(to)
        elif asked.path == "/api/v1/logs":
            self._log(to, asked)
        elif asked.path == "/api/v1/feedback":
            self.opinions += json.loads(asked.body)["feedback"]
            say_json(to, 202, {"accepted": 1, "duplicates": 0, "rejected": [], "waiting": 0})
        else:
            say_json(to, 404, {"detail": "There is no such address.", "code": "unknown_address"})

    def bundle(self) -> dict[str, Any]:
        """In a split every arm's answers and none without an arm."""
        prompts = self.script.prompts.values()
        said = [one for answers in prompts for one in (answers[1:] or answers)]
        signed = [self.signer.sign(one) for one in said]
        made = {"environment": "production", "made_at": "2025-01-01T00:00:00Z", "sequence": 9}
        return self.signer.sign({**made, "prompts": signed})

    def _stream(self, to: socket.socket) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        to.sendall(head.encode() + b": here\n\n")
        with self._lock:
            self._streams.append(to)
        self.heard.release()
        with suppress(OSError):
            while to.recv(100):
                pass
        with self._lock, suppress(ValueError):
            self._streams.remove(to)

    def _log(self, to: socket.socket, asked: Asked) -> None:
        events = json.loads(asked.body)["events"]
        known = {event["id"] for event in self.events}
        new = [event for event in events if event["id"] not in known]
        self.events += new
        counts = {"accepted": len(new), "duplicates": len(events) - len(new), "rejected": []}
        say_json(to, 202, counts)
        self.logged.release()


def say_prompt(to: socket.socket, asked: Asked, server: Server) -> None:
    """As Galley does, with ETag and the arm of the unit."""
    said = server.script.prompts.get(asked.path.removeprefix(PROMPTS), [])
    chosen = _chosen(said, asked.query)
    if chosen is None:
        say_json(to, 404, {"detail": "There is no such prompt.", "code": "unknown_prompt"})
        return
    signed = server.signer.sign(chosen)
    tag = f'"{chosen["revision"]}-{hashlib.sha256(json.dumps(chosen).encode()).hexdigest()[:8]}"'
    if asked.headers.get("if-none-match") == tag:
        say(to, 304, {"ETag": tag, **server.script.headers}, b"")
    else:
        say_json(to, 200, signed, ETag=tag, **server.script.headers)


def _chosen(said: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any] | None:
    from apps.releases.assignment import arm_for

    told = said[0]["split"] if said else None
    if told is None or "unit" not in query:
        return said[0] if said else None
    known = {name[5:-1]: value for name, value in query.items() if name.startswith("attr[")}
    arm = arm_for(told, query["unit"], known)["arm"]
    return next(one for one in said if one["split"]["arm"] == arm)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is no fault of the server."""


def _handler(server: Server) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(30)
            asked = _read(self.request)
            if asked is not None:
                server.handle(self.request, asked)

    return Handler


def _read(connection: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Asked(method, target, headers, body)
