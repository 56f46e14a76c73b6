"""How the providers' clients reach the network: checked addresses, no redirects, 10 MB.

Imported by the wires alone: httpx and its TLS settings take a while to load.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache
from typing import Any

import httpcore2
import httpx2

from apps.llm.addresses import (
    RefusedAddress,
    Resolve,
    check_address,
    check_host,
    check_port,
    check_scheme,
    resolve,
)
from apps.llm.questions import Line
from apps.llm.unanswered import Unanswered

MOST_BYTES = 10_000_000
MOST_TRIED = 3  # addresses of one name


def http_client(line: Line, resolve: Resolve = resolve) -> httpx2.AsyncClient:
    """A client for one line. It reads no settings from the environment but TLS roots."""
    return httpx2.AsyncClient(
        transport=CheckedTransport(line, resolve),
        follow_redirects=False,
        trust_env=False,
        timeout=httpx2.Timeout(line.timeout_s, connect=min(10.0, line.timeout_s)),
        headers={"Accept-Encoding": "identity"},
    )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context()


class CheckedTransport(httpx2.AsyncHTTPTransport):
    def __init__(self, line: Line, resolve: Resolve) -> None:
        room = line.max_parallel + 4
        limits = httpx2.Limits(max_connections=room, max_keepalive_connections=room)
        super().__init__(verify=_tls(), trust_env=False, limits=limits)
        self._allow_private = line.allow_private
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_tls(),
            max_connections=room,
            max_keepalive_connections=room,
            keepalive_expiry=20.0,
            network_backend=CheckedBackend(line.allow_private, resolve),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        if url.userinfo:
            raise RefusedAddress("user name in the address")
        check_scheme(url.scheme, allow_private=self._allow_private)
        check_port(url.scheme, url.port, allow_private=self._allow_private)
        check_host(url.host)
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise Unanswered("malformed", "The answer is packed, which was not asked for.")
        response.stream = CappedStream(response.stream)
        return response


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to an address that was judged, never to a name."""

    def __init__(self, allow_private: bool, resolve: Resolve) -> None:
        self._allow_private, self._resolve = allow_private, resolve
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            found = await self._resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(f"no address for {host}") from error
        addresses = [check_address(each, allow_private=self._allow_private) for each in found]
        failure: Exception = httpcore2.ConnectError(f"no address for {host}")
        for address in addresses[:MOST_TRIED]:
            try:
                return await self._plain.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(self, *_args: Any, **_kwargs: Any) -> Any:
        raise RefusedAddress("no sockets of this machine")


class CappedStream(httpx2.AsyncByteStream):
    """The bytes of an answer, which end with a refusal when they are too many."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for part in self._stream:
            seen += len(part)
            if seen > MOST_BYTES:
                raise Unanswered("too_large")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
