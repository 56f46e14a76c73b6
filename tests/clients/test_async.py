from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from galley_client import AsyncGalley, GalleyError

from tests.clients.server import Server, answer
from tests.clients.test_sync import KEY, Clock


def run(server: Server, steps: Callable[[AsyncGalley, Clock], Awaitable[None]]) -> None:
    async def whole() -> None:
        clock = Clock()
        async with AsyncGalley(server.url, KEY) as galley:
            galley._memory.clock = clock
            await steps(galley, clock)

    asyncio.run(whole())


async def settle(galley: AsyncGalley) -> None:
    await asyncio.gather(*galley._busy.values())


def test_get_fetches_once_for_many_and_renders(server: Server) -> None:
    async def steps(galley: AsyncGalley, clock: Clock) -> None:
        prompts = await asyncio.gather(*(galley.get("support/reply") for _ in range(8)))

        assert [p.render(name="Ana")[0]["content"] for p in prompts] == ["Hello Ana."] * 8
        assert [path for path, _ in server.asked] == ["/api/v1/prompts/support/reply"]

    run(server, steps)


def test_the_old_one_is_given_while_the_new_one_is_fetched(server: Server) -> None:
    async def steps(galley: AsyncGalley, clock: Clock) -> None:
        await galley.get("support/reply")
        server.reply = (200, answer(version=4, revision=8), {"ETag": '"8"'})
        server.gate.clear()
        clock.now += 60
        during = [(await galley.get("support/reply")).version for _ in range(3)]
        server.gate.set()
        await settle(galley)
        after = await galley.get("support/reply")

        assert (during, after.version, len(server.asked)) == ([3] * 3, 4, 2)

    run(server, steps)


def test_an_unchanged_prompt_is_confirmed_by_its_etag(server: Server) -> None:
    async def steps(galley: AsyncGalley, clock: Clock) -> None:
        for _ in range(2):
            await galley.get("support/reply")
            await settle(galley)
            clock.now += 60

        assert [h.get("if-none-match") for _, h in server.asked] == [None, '"7-abc"']

    run(server, steps)


def test_a_fault_keeps_the_prompt_and_the_first_one_falls_back(server: Server) -> None:
    async def steps(galley: AsyncGalley, clock: Clock) -> None:
        server.reply = (500, b"", {})
        assert (await galley.get("support/reply", fallback="Hi")).is_fallback
        with pytest.raises(GalleyError, match="The server answered 500 for support/reply."):
            await galley.get("support/reply")

        server.reply = (200, answer(), {})
        clock.now += 1
        assert (await galley.get("support/reply")).is_stale is False
        server.reply = (401, b"", {})
        clock.now += 60
        await galley.get("support/reply")
        await settle(galley)
        kept = await galley.get("support/reply")
        assert (kept.version, kept.is_stale) == (3, True)

    run(server, steps)


def test_a_cancelled_caller_does_not_stop_the_others(server: Server) -> None:
    async def steps(galley: AsyncGalley, clock: Clock) -> None:
        server.gate.clear()
        first = asyncio.create_task(galley.get("support/reply"))
        second = asyncio.create_task(galley.get("support/reply"))
        await asyncio.to_thread(server.arrived.acquire, timeout=5)
        first.cancel()
        server.gate.set()

        assert (await second).version == 3
        with pytest.raises(asyncio.CancelledError):
            await first
        assert len(server.asked) == 1

    run(server, steps)
