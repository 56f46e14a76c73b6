"""R8: 25 ways in which a provider fails, and what becomes of a question in each."""

from __future__ import annotations

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from apps.llm.asking import Answer, Asker, Unanswered
from tests.llm.faults import FAULTS
from tests.llm.lines import CANARY, asker_to, line_to, question, run
from tests.llm.provider import Provider

CASES = int(os.environ.get("GALLEY_R8_CASES", "4"))  # of each fault; 200 in the bench
NEVER = ("hang", "slow_drip")  # an answer that is waited for in vain, with the shorter patience
ONCE, AGAIN = 1, 2  # how often a question with this fault is asked when two attempts are allowed

VERDICTS = {
    "429": ("rate_limited", AGAIN),
    "429_silent": ("rate_limited", AGAIN),
    "no_credit": ("no_credit", ONCE),
    "500": ("server_error", AGAIN),
    "502_html": ("server_error", AGAIN),
    "503": ("overloaded", AGAIN),
    "504": ("timeout", AGAIN),
    "529": ("overloaded", AGAIN),
    "hang": ("timeout", AGAIN),
    "slow_drip": ("timeout", AGAIN),
    "reset": ("cut_off", AGAIN),
    "closed": ("cut_off", AGAIN),
    "reset_midway": ("cut_off", AGAIN),
    "malformed": ("malformed", ONCE),
    "html": ("malformed", ONCE),
    "wrong_schema": ("malformed", ONCE),
    "empty_choices": ("empty", ONCE),
    "empty": ("empty", ONCE),
    "filtered": ("filtered", ONCE),
    "wrong_model": ("wrong_model", ONCE),
    "huge": ("too_large", ONCE),
    "bomb": ("malformed", ONCE),
    "401": ("refused_key", ONCE),
    "404": ("unknown_model", ONCE),
    "redirect": ("redirected", ONCE),
}
STREAMED = {"reset_midway": ("cut_off", ONCE)}  # a part of it was given already


@asynccontextmanager
async def askers(provider: Provider) -> AsyncIterator[Callable[[str], Asker]]:
    """One asker for most faults, and a hasty one for those that never end."""
    patient = line_to(provider, timeout_s=20.0, max_parallel=64)
    hasty = line_to(provider, timeout_s=0.3, max_parallel=64)
    async with (
        asker_to(provider, line=patient, attempts=2) as one,
        asker_to(provider, line=hasty, attempts=2) as other,
    ):
        yield lambda name: other if name in NEVER else one


async def verdict(asker: Asker, text: str) -> Answer | Unanswered:
    try:
        return await asker.ask(question(text))
    except Unanswered as failure:
        return failure


async def streamed(asker: Asker, text: str) -> Answer | Unanswered | None:
    try:
        pieces = [piece async for piece in asker.stream(question(text))]
    except Unanswered as failure:
        return failure
    return pieces[-1].answer


def counted(calls: dict[str, int]) -> dict[str, int]:
    """Without those that a busy machine may give up before they arrive."""
    return {name: times for name, times in calls.items() if name not in NEVER}


def told(found: Answer | Unanswered | None) -> str:
    return found.code if isinstance(found, Unanswered) else "answered"


def shown(failure: Unanswered) -> str:
    """All that a page, a log or a report of an error could show of it."""
    chain = [failure, failure.__cause__, failure.__context__]
    return " ".join([failure.sentence, failure.detail, *(repr(each) for each in chain)])


def test_r8_every_fault_of_the_table_is_scripted() -> None:
    assert list(VERDICTS) == list(FAULTS)
    assert len(FAULTS) == 25


def test_r8_faults_end_as_their_verdict_and_never_as_an_answer() -> None:
    found, calls = run(_faults(), 30 + 2 * CASES)

    assert {name: codes for name, (codes, _calls) in found.items()} == {
        name: [code] * CASES for name, (code, _times) in VERDICTS.items()
    }
    assert counted(calls) == counted(
        {name: times * CASES for name, (_code, times) in VERDICTS.items()}
    )


async def _faults() -> tuple[dict[str, tuple[list[str], list[str]]], dict[str, int]]:
    async with Provider() as provider:
        async with askers(provider) as asker:
            texts = [(name, f"case {n} [[fault:{name}]]") for name in FAULTS for n in range(CASES)]
            asked = [verdict(asker(name), text) for name, text in texts]
            results = await asyncio.gather(*asked)
        found: dict[str, tuple[list[str], list[str]]] = {name: ([], []) for name in FAULTS}
        for (name, _text), result in zip(texts, results, strict=True):
            found[name][0].append(told(result))
            assert isinstance(result, Unanswered)
            assert CANARY not in shown(result)
        return found, {name: provider.calls_of(f"[[fault:{name}]]") for name in FAULTS}


def test_r8_control_a_fault_that_passes_is_an_answer() -> None:
    async def asked() -> tuple[list[str], int]:
        async with Provider() as provider, asker_to(provider) as asker:
            answers = [await verdict(asker, f"{n} [[fault:500*1]]") for n in range(3)]
            return [told(each) for each in answers], len(provider.calls)

    assert run(asked()) == (["answered"] * 3, 6)


def test_r8_streams_end_as_their_verdict() -> None:
    async def asked() -> tuple[dict[str, str], dict[str, int]]:
        async with Provider() as provider:
            async with askers(provider) as asker:
                asked = [streamed(asker(name), f"[[fault:{name}]]") for name in FAULTS]
                results = await asyncio.gather(*asked)
            calls = {name: provider.calls_of(f"[[fault:{name}]]") for name in FAULTS}
            return dict(zip(FAULTS, map(told, results), strict=True)), calls

    codes, calls = run(asked())

    plain = {"empty_choices": "malformed", "empty": "malformed", "filtered": "malformed"}
    table = VERDICTS | STREAMED
    assert codes == {name: plain.get(name, code) for name, (code, _times) in table.items()}
    assert counted(calls) == counted({name: times for name, (_code, times) in table.items()})


def test_r8_a_refused_key_is_said_without_the_key() -> None:
    async def asked() -> Answer | Unanswered:
        async with Provider(fault="401") as provider, asker_to(provider) as asker:
            return await verdict(asker, "hello")

    found = run(asked())

    assert isinstance(found, Unanswered)
    assert found.detail == "401: Incorrect API key provided: ***"
    assert CANARY not in repr(line_of(found))


def line_of(failure: Unanswered) -> list[object]:
    """What a debugger's report shows of the frames that the failure went through."""
    found: list[object] = []
    trace = failure.__traceback__
    while trace is not None:
        shown = {k: v for k, v in trace.tb_frame.f_locals.items() if dataclasses.is_dataclass(v)}
        found.append(shown)
        trace = trace.tb_next
    return found


def test_r8_retry_after_is_waited_for_and_too_long_a_wait_is_none() -> None:
    async def asked(after: str, patience: float) -> tuple[str, int, float | None]:
        async with (
            Provider(retry_after=after) as provider,
            asker_to(provider, patience=patience) as asker,
        ):
            found = await verdict(asker, "[[fault:429*1]]")
            when = found.retry_after if isinstance(found, Unanswered) else None
            return told(found), len(provider.calls), when

    assert run(asked("0.05", 5.0)) == ("answered", 2, None)
    assert run(asked("3600", 5.0)) == ("rate_limited", 1, 3600.0)
