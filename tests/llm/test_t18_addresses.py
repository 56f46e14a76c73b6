"""T18: no spelling of an address, no name and no redirect leads a connection inside."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import httpcore2
import pytest

from apps.llm import addresses, transport
from apps.llm.asking import Line, Unanswered
from tests.llm.lines import CANARY, asker_to, line_to, question, run
from tests.llm.provider import Provider
from tests.llm.spellings import HOSTS, NAMES

PUBLIC = "93.184.216.34"
OUTSIDE = "https://models.example/v1"


class Resolver:
    """Answers from a table, else as the system does; or one answer after the other."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        if self.answers:
            return self.answers.pop(0)
        return NAMES.get(host) or await addresses.resolve(host, port)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where connections to public addresses would have gone: none of them leaves this machine."""
    went: list[str] = []
    plain = httpcore2.AnyIOBackend.connect_tcp

    async def connect(self: Any, host: str, *given: Any, **more: Any) -> Any:
        if host.startswith("127.") or host == "::1":
            return await plain(self, host, *given, **more)
        went.append(host)
        raise httpcore2.ConnectError("not from a test")

    monkeypatch.setattr(httpcore2.AnyIOBackend, "connect_tcp", connect)
    return went


async def code_of(asker: Any, text: str = "hello") -> str:
    try:
        async with asker:
            await asker.ask(question(text))
    except Unanswered as failure:
        return failure.code
    return "answered"


def test_t18_no_spelling_leads_inside(monkeypatch: pytest.MonkeyPatch, outside: list[str]) -> None:
    async def tried() -> tuple[dict[str, str], int, int]:
        async with Provider() as provider:
            # Its port is allowed here, so that nothing but the address is in the way.
            monkeypatch.setattr(addresses, "PORTS", frozenset({provider.port}))
            codes = {}
            for host in HOSTS:
                line = Line("openai", f"https://{host}:{provider.port}/v1", CANARY, timeout_s=2.0)
                asker = asker_to(provider, line=line, attempts=1, resolve=Resolver())
                codes[host] = await code_of(asker)
            before = provider.connections
            control = asker_to(provider, attempts=1, resolve=Resolver())
            codes["control"] = await code_of(control)
            return codes, before, provider.connections

    codes, before, after = run(tried())

    assert len(HOSTS) >= 80
    assert codes == dict.fromkeys(HOSTS, "refused_address") | {"control": "answered"}
    assert (before, after) == (0, 1)
    assert outside == []


def test_t18_control_without_the_check_spellings_do_lead_inside(
    monkeypatch: pytest.MonkeyPatch, outside: list[str]
) -> None:
    async def tried() -> int:
        async with Provider() as provider:
            monkeypatch.setattr(transport, "check_address", lambda text, **_k: text)
            for host in ("inside.example", "mapped.example", "localhost"):
                line = Line("openai", f"http://{host}:{provider.port}/v1", allow_private=True)
                await code_of(asker_to(provider, line=line, attempts=1, resolve=Resolver()))
            return provider.connections

    assert run(tried()) + len(outside) == 3


def test_t18_a_name_that_answers_differently_a_moment_later_changes_nothing(
    outside: list[str],
) -> None:
    async def tried(*answers: Sequence[str]) -> tuple[str, int]:
        resolver = Resolver(*answers)
        line = Line("openai", OUTSIDE, CANARY, timeout_s=2.0)
        asker = asker_to(SimpleNamespace(), line=line, attempts=1, resolve=resolver)  # type: ignore[arg-type]
        return await code_of(asker), resolver.asked

    flipped = run(tried([PUBLIC], ["127.0.0.1"]))
    then = run(tried(["127.0.0.1"], [PUBLIC]))
    both = run(tried([PUBLIC, "10.0.0.1"]))

    assert flipped == ("unreachable", 1)
    assert then == ("refused_address", 1)
    assert both == ("refused_address", 1)
    assert outside == [PUBLIC]


def test_t18_redirects_are_not_followed() -> None:
    async def tried(fault: str) -> tuple[str, int]:
        async with Provider() as metadata, Provider(fault=fault) as provider:
            provider.redirect_to = metadata.url
            code = await code_of(asker_to(provider, attempts=1))
            return code, metadata.connections

    assert run(tried("redirect")) == ("redirected", 0)
    assert run(tried("")) == ("answered", 0)


def test_t18_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tried() -> tuple[str, int]:
        async with Provider() as proxy, Provider() as provider:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, proxy.url)
            return await code_of(asker_to(provider, attempts=1)), proxy.connections

    assert run(tried()) == ("answered", 0)


@pytest.mark.parametrize(
    ("url", "private", "fine"),
    [
        (OUTSIDE, False, True),
        ("https://models.example:8443/v1", False, True),
        ("https://xn--bcher-kva.example/v1", False, True),
        ("https://models.example:22/v1", False, False),
        ("https://models.example:0/v1", True, False),
        ("https://models.example:99999/v1", True, False),
        ("http://models.example/v1", False, False),
        ("http://models.example/v1", True, True),
        ("http://127.0.0.1:11434/v1", True, True),
        ("ftp://models.example/v1", True, False),
        ("file:///etc/passwd", True, False),
        ("https://models.example/v1?key=1", True, False),
        ("https://me:word@models.example/v1", True, False),
        ("models.example/v1", True, False),
        ("", True, False),
    ],
)
def test_t18_schemes_ports_and_parts_of_an_address(url: str, private: bool, fine: bool) -> None:
    try:
        addresses.check_url(url, allow_private=private)
        found = True
    except addresses.RefusedAddress as refusal:
        assert refusal.sentence.endswith(".")
        found = False

    assert found == fine


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("192.168.1.1", True),
        ("fd00::7", True), (PUBLIC, True),
        ("169.254.169.254", False), ("fe80::1", False), ("fd00:ec2::254", False),
        ("::ffff:169.254.169.254", False), ("100.100.100.200", False), ("0.0.0.0", False),
        ("224.0.0.1", False), ("255.255.255.255", False), ("64:ff9b::a9fe:a9fe", False),
    ],
)  # fmt: skip
def test_t18_an_allowed_connection_reaches_the_network_but_never_metadata(
    address: str, fine: bool
) -> None:
    try:
        addresses.check_address(address, allow_private=True)
        found = True
    except addresses.RefusedAddress:
        found = False

    assert found == fine


def test_t18_a_connection_is_kept_for_the_next_question() -> None:
    async def tried() -> int:
        async with Provider() as provider, asker_to(provider, line=line_to(provider)) as asker:
            for number in range(5):
                await asker.ask(question(f"{number}"))
            await asyncio.gather(*(asker.ask(question("again")) for _ in range(2)))
            return provider.connections

    assert run(tried()) <= 2
