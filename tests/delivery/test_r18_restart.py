"""R18: a process that is told to stop says so first, answers what still comes, and ends."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import httpx
import pytest

from apps.delivery import health
from apps.delivery.process import REFRESHER, STORE
from tests.delivery.story import bearer, make_story
from tests.delivery.test_fast_way import call
from tests.live import ROOT, environment_of, free_port

PATH = "/api/v1/prompts/desk/reply"


def test_ready_is_honest_and_live_asks_for_nothing(monkeypatch):
    monkeypatch.setattr(REFRESHER, "start", lambda: None)
    _, live = call("/healthz/live")
    _, early = call("/healthz/ready")
    STORE.loaded = True
    _, stale = call("/healthz/ready")
    monkeypatch.setattr(health, "is_stopping", lambda: True)
    _, stopping = call("/healthz/ready")

    assert [sent[0]["status"] for sent in (live, early, stale, stopping)] == [200, 503, 200, 503]
    assert json.loads(stale[1]["body"])["stale"]
    assert json.loads(stopping[1]["body"])["stopping"]


@pytest.fixture
def process(own_database, tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi_delivery:application"]
    environment = {**environment_of(own_database, "web"), "GALLEY_DRAIN": "2"}
    with (tmp_path / "log").open("wb") as output:
        child = subprocess.Popen(
            [*command, "--port", str(port)], cwd=ROOT, env=environment, stdout=output,
            stderr=output,
        )  # fmt: skip
    child.url = f"http://127.0.0.1:{port}"
    yield child
    child.kill()
    child.wait(10)


def until_ready(url):
    end = time.monotonic() + 60
    while True:
        try:
            if httpx.get(f"{url}/healthz/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < end
        time.sleep(0.05)


def test_r18_a_kill_drains_before_it_ends(process):
    story = make_story()
    _, key = story.key()
    until_ready(process.url)
    before = httpx.get(process.url + PATH, headers=bearer(key), timeout=10)
    listed = httpx.get(f"{process.url}/api/v1/prompts", headers=bearer(key), timeout=10)
    values = {"variables": {"message": "Hi"}}
    rendered = httpx.post(f"{process.url}{PATH}/render", json=values, headers=bearer(key))

    process.send_signal(signal.SIGTERM)
    codes, ready = [], []
    while process.poll() is None:
        try:
            ready.append(httpx.get(f"{process.url}/healthz/ready", timeout=5).status_code)
            codes.append(httpx.get(process.url + PATH, headers=bearer(key), timeout=5).status_code)
        except httpx.TransportError:
            break  # it does not listen any more: the balancer has left it long ago
        time.sleep(0.05)

    assert (before.status_code, rendered.status_code) == (200, 200)
    assert [row["prompt"] for row in listed.json()["prompts"]] == ["desk/reply"]
    assert set(codes) == {200}
    assert ready[-1] == 503
    assert process.wait(10) in (0, -signal.SIGTERM)  # uvicorn ends by the signal that it was sent
