"""One request and its answer, whole or not at all: bounded in time, size and redirects."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from galley_client.address import PROMPTS, Address
from galley_client.errors import Trouble

MAX_ANSWER = 8 * 1024 * 1024  # bytes
MAX_BUNDLE = 256 * 1024 * 1024
MAX_MOVES = 3
LONGEST_WAIT = 300.0  # seconds that a Retry-After may ask for
MOVED = {301, 302, 303, 307, 308}


@cache
def _trust() -> ssl.SSLContext:
    """Takes 30 ms to make, so one for all."""
    return httpx.create_ssl_context()


@dataclass(frozen=True)
class Reply:
    """`path`: of the prompt that answered, when the one that was asked for has moved."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    path: str = ""


class Wire:
    """The connection pool of one event loop. `timeout`: seconds for a whole request, however
    slowly it drips."""

    def __init__(self, address: Address, timeout: float) -> None:
        self.address = address
        self.timeout = timeout
        self._http: httpx.AsyncClient | None = None

    @property
    def http(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self.timeout, verify=_trust())
        return self._http

    async def prompt(self, path: str, query: Mapping[str, str], etag: str = "") -> Reply:
        """A prompt's answer: 200 or 304. A moved prompt is followed on the same server only."""
        url = str(httpx.URL(self.address.of(path), params=dict(query) or None))
        for _ in range(MAX_MOVES + 1):
            reply = await self._ask("GET", url, self.address.headers(etag), None, MAX_ANSWER)
            if reply.status not in MOVED:
                return _good(reply, path)
            url, path = self._moved(url, reply)
        raise Trouble("The server sends this request round in circles.")

    async def get(self, path: str, most: int = MAX_ANSWER) -> Any:
        """The JSON document at another address of the server."""
        url = self.address.at(path)
        reply = await self._ask("GET", url, self.address.headers(), None, most)
        return read_json(_good(reply, path))

    async def post(self, path: str, document: Any) -> Reply:
        """What the server says to a JSON document, good or bad; Trouble if it says nothing."""
        body = json.dumps(document).encode()
        headers = {**self.address.headers(), "Content-Type": "application/json"}
        return await self._ask("POST", self.address.at(path), headers, body, MAX_ANSWER)

    async def _ask(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, most: int
    ) -> Reply:
        try:
            async with asyncio.timeout(self.timeout):
                request = self.http.build_request(method, url, headers=headers, content=body)
                return await self._read(await self.http.send(request, stream=True), most)
        except TimeoutError:
            raise Trouble(f"The server took over {self.timeout:g} s.") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            raise Trouble(f"{type(error).__name__}: {error}") from error
        except RuntimeError as error:  # Python ends: no thread is left that could look up a name
            raise Trouble(f"{type(error).__name__}: {error}") from error

    async def _read(self, response: httpx.Response, most: int) -> Reply:
        try:
            parts, size = [], 0
            async for part in response.aiter_raw():
                size += len(part)
                if size > most:
                    raise Trouble(f"The answer holds over {most:,} bytes.")
                parts.append(part)
        finally:
            await response.aclose()
        return Reply(response.status_code, response.headers, b"".join(parts))

    def _moved(self, url: str, reply: Reply) -> tuple[str, str]:
        target = urljoin(url, reply.headers.get("location", ""))
        path = urlsplit(target).path
        base = urlsplit(self.address.url).path + PROMPTS
        if not self.address.is_ours(target) or not path.startswith(base):
            raise Trouble("The server sends this request elsewhere.", status=reply.status)
        return target, unquote(path.removeprefix(base))

    def leave(self) -> object:
        """Its connections belong to another event loop or process: not used again, not closed."""
        http, self._http = self._http, None
        return http

    async def close(self) -> None:
        http, self._http = self._http, None
        if http is not None:
            await http.aclose()


def read_json(reply: Reply) -> Any:
    """Strict: one JSON document, by its media type too, without NaN."""
    media = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" or "content-encoding" in reply.headers:
        raise Trouble("The answer cannot be read: it is no JSON.", status=reply.status)
    try:
        return json.loads(reply.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Trouble("The answer cannot be read.", status=reply.status) from None


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _good(reply: Reply, path: str) -> Reply:
    if reply.status in (200, 304):
        return Reply(reply.status, reply.headers, reply.body, path)
    try:
        problem = json.loads(reply.body)
        detail, code = str(problem["detail"])[:2000], str(problem.get("code", ""))[:100]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        detail, code = f"The server answered {reply.status} for {path}.", ""
    wait = retry_after(reply.headers)
    raise Trouble(detail, status=reply.status, code=code, wait=wait)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds; 0 where the header is missing, a date or no sense."""
    text = headers.get("retry-after", "").strip()
    return min(float(text), LONGEST_WAIT) if text.isascii() and text.isdigit() else 0.0
