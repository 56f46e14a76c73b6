from __future__ import annotations

import asyncio

import pytest

from apps.llm.asking import Unanswered
from apps.llm.pacing import Pace
from tests.llm.lines import asker_to, line_to, question, run
from tests.llm.provider import Provider


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_asker_never_asks_more_at_once_than_the_line_allows() -> None:
    async def asked() -> tuple[int, int]:
        async with Provider(latency=0.01) as provider:
            line = line_to(provider, max_parallel=5)
            async with asker_to(provider, line=line) as asker:
                await asyncio.gather(*(asker.ask(question(f"{n}")) for n in range(30)))
            return provider.most_at_once, len(provider.calls)

    assert run(asked()) == (5, 30)


def test_asker_adapts_to_a_provider_that_takes_fewer() -> None:
    async def asked() -> tuple[int, list[str]]:
        async with Provider(latency=0.01, limit=4) as provider:
            line = line_to(provider, max_parallel=16)
            async with asker_to(provider, line=line, attempts=30) as asker:
                answers = await asyncio.gather(*(asker.ask(question(f"{n}")) for n in range(60)))
                await asker.ask(question("last"))
                return round(asker.pace.limit) // 8, [answer.text for answer in answers]

    slower, texts = run(asked())

    assert slower == 0
    assert texts == [f"You said: {n}" for n in range(60)]


def test_pace_halves_once_for_the_calls_of_one_moment_and_grows_with_answers() -> None:
    clock = Clock()
    pace = Pace(16, clock=clock)

    for _call in range(5):
        pace.went_wrong("rate_limited", began=99.0, retry_after=2.0)
    halved, paused = pace.limit, pace.paused_until
    clock.now = 103.0
    for _call in range(8):
        pace.went_well()

    assert (halved, paused) == (8.0, 102.0)
    assert 8.9 < pace.limit < 9.0


def test_pace_rests_after_failures_in_a_row_and_asks_again_later() -> None:
    clock = Clock()
    pace = Pace(4, clock=clock, most_failures=3)
    for _call in range(2):
        pace.went_wrong("server_error", began=clock.now, retry_after=None)
    pace.check()  # two are not enough

    pace.went_wrong("timeout", began=clock.now, retry_after=None)

    with pytest.raises(Unanswered) as resting:
        pace.check()
    assert (resting.value.code, resting.value.retry_after) == ("resting", 5.0)
    clock.now += 5
    pace.check()
    pace.went_wrong("timeout", began=clock.now, retry_after=None)  # it rests longer
    with pytest.raises(Unanswered) as again:
        pace.check()
    assert again.value.retry_after == 10.0
    clock.now += 10
    pace.went_well()
    pace.went_wrong("timeout", began=clock.now, retry_after=None)
    pace.check()


def test_pace_does_not_rest_because_questions_are_refused() -> None:
    pace = Pace(4, most_failures=1)

    for code in ("bad_request", "refused_key", "wrong_model", "empty", "rate_limited"):
        pace.went_wrong(code, began=0.0, retry_after=None)

    pace.check()


def test_resting_connection_is_not_asked() -> None:
    async def asked() -> tuple[str, int]:
        async with Provider(fault="500") as provider:
            pace = Pace(4, most_failures=2)
            async with asker_to(provider, attempts=2, pace=pace) as asker:
                with pytest.raises(Unanswered):
                    await asker.ask(question("one"))
                with pytest.raises(Unanswered) as resting:
                    await asker.ask(question("two"))
            return resting.value.code, len(provider.calls)

    assert run(asked()) == ("resting", 2)


def test_closing_a_stream_gives_its_place_back() -> None:
    async def asked() -> tuple[str, int]:
        async with Provider(reply=lambda _body: "word " * 500) as provider:
            line = line_to(provider, max_parallel=1)
            async with asker_to(provider, line=line) as asker:
                stream = asker.stream(question("long"))
                first = await anext(stream)
                await stream.aclose()
                await asker.ask(question("next"))
                return first.text, asker.pace.active

    assert run(asked()) == ("word ", 0)


def test_cancelled_question_gives_its_place_back() -> None:
    async def asked() -> tuple[str, int]:
        async with Provider() as provider:
            line = line_to(provider, max_parallel=1)
            async with asker_to(provider, line=line) as asker:
                tasks = [asyncio.create_task(asker.ask(question("[[fault:hang]]"))) for _ in "123"]
                while not provider.calls:
                    await asyncio.sleep(0.001)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                answer = await asker.ask(question("next"))
                return answer.text, asker.pace.active

    assert run(asked()) == ("You said: next", 0)
