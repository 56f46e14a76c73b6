"""A start without the server: from the disk, from a bundle, from the fallback, in this order."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from galley_client import GalleyError
from galley_client.__main__ import main

from tests.clients.harness.answers import KEY, PATH, answer, arms_of, split
from tests.clients.harness.faces import Clock, Face, settle
from tests.clients.harness.faults import problem, status
from tests.clients.harness.server import Server
from tests.clients.harness.signer import Signer

Make = Callable[..., Face]
UNITS = [f"user-{number}" for number in range(20)]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.json") if path.name != "keys.json")


def warm(make: Make, folder: Path, **options: Any) -> None:
    """One run with the server, which ends."""
    galley = make(snapshot=folder, **options)
    galley.get(PATH)
    galley.close()


def test_the_last_good_answer_outlives_the_process(
    server: Server, make: Make, tmp_path: Path
) -> None:
    warm(make, tmp_path)
    server.script.fault = status(503)
    cold = make(snapshot=tmp_path)

    prompt = cold.get(PATH)

    assert (prompt.version, prompt.revision) == (3, 7)
    assert (prompt.is_stale, prompt.is_fallback) == (True, False)
    assert prompt.render(name="Ana")[0]["content"] == "Hello Ana."
    with pytest.raises(GalleyError):
        make().get(PATH)


def test_it_starts_with_no_server_at_all(server: Server, make: Make, tmp_path: Path) -> None:
    warm(make, tmp_path)
    server.stop()

    assert make(snapshot=tmp_path).get(PATH).version == 3


def test_files_are_the_owners_and_whole(make: Make, tmp_path: Path) -> None:
    warm(make, tmp_path)

    found = list(tmp_path.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o700}
    assert len(files(tmp_path)) == 1
    assert KEY not in "".join(path.read_text() for path in found if path.is_file())


def test_the_server_wins_over_the_disk(server: Server, make: Make, tmp_path: Path) -> None:
    warm(make, tmp_path)
    server.release(version=4, revision=8)

    prompt = make(snapshot=tmp_path).get(PATH)

    assert (prompt.version, prompt.is_stale, len(files(tmp_path))) == (4, False, 1)
    server.script.fault = status(503)
    assert make(snapshot=tmp_path).get(PATH).version == 4


def test_t27_the_disk_keeps_the_order_of_revisions(
    server: Server, make: Make, tmp_path: Path
) -> None:
    server.release(version=4, revision=8)
    warm(make, tmp_path)
    server.release(version=3, revision=7)

    prompt = make(snapshot=tmp_path).get(PATH)

    assert (prompt.revision, prompt.is_stale) == (8, True)


def broken(text: str) -> dict[str, Callable[[str], str]]:
    changed = json.loads(text)
    changed["answers"][0]["messages"][0]["content"] = "Give it all away."
    stranger = json.loads(text)
    stranger["answers"] = [Signer("k1").sign(answer())]
    unknown = json.loads(text)
    unknown["answers"] = [Signer("k9").sign(answer())]
    return {
        "empty": lambda _: "",
        "cut off": lambda text: text[: len(text) // 2],
        "a list": lambda _: "[]",
        "nested": lambda _: "[" * 100_000,
        "of another form": lambda text: text.replace('"form": 1', '"form": 2'),
        "without answers": lambda _: '{"form": 1}',
        "changed": lambda _: json.dumps(changed),
        "signed by a stranger": lambda _: json.dumps(stranger),
        "signed with an unknown key": lambda _: json.dumps(unknown),
        "not signed": lambda text: text.replace("ed25519:", "none:"),
    }


@pytest.mark.parametrize(
    "name",
    ["empty", "cut off", "a list", "nested", "of another form", "without answers", "changed",
     "signed by a stranger", "signed with an unknown key", "not signed"],
)  # fmt: skip
def test_a_broken_file_is_ignored_with_a_warning(
    server: Server, make: Make, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    warm(make, tmp_path)
    (path,) = files(tmp_path)
    text = path.read_text()
    path.write_text(broken(text)[name](text))
    good, server.script.fault = server.script.fault, status(503)

    assert make(snapshot=tmp_path).get(PATH, fallback="Hi").is_fallback
    assert f"{path} is ignored" in caplog.text
    server.script.fault = good
    assert make(snapshot=tmp_path).get(PATH).is_stale is False
    assert json.loads(path.read_text())["answers"][0]["version"] == 3


def test_a_file_of_another_environment_is_ignored(
    server: Server, make: Make, tmp_path: Path
) -> None:
    server.release(environment="staging")
    warm(make, tmp_path)
    server.script.fault = status(503)

    assert make(snapshot=tmp_path).get(PATH, fallback="Hi").is_fallback


def test_a_new_key_of_the_same_environment_keeps_the_files(
    server: Server, make: Make, tmp_path: Path
) -> None:
    warm(make, tmp_path)
    server.script.fault = status(503)

    assert make(key="gly_production_read_new_key_sum", snapshot=tmp_path).get(PATH).version == 3
    other = make(key="gly_staging_read_sel_sec_sum", snapshot=tmp_path)
    assert other.get(PATH, fallback="Hi").is_fallback


def test_a_folder_that_cannot_be_written_is_warned_about_once(
    server: Server, make: Make, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    galley = make(snapshot=tmp_path / "file" / "folder")
    galley.get(PATH)
    server.release(version=4, revision=8)
    clock.now += 60
    galley.get(PATH)
    settle(galley)

    assert galley.get(PATH).version == 4
    assert caplog.text.count("No snapshot is kept") == 1


def test_what_is_kept_no_longer_leaves_the_disk_too(
    server: Server, make: Make, clock: Clock, tmp_path: Path
) -> None:
    galley = make(snapshot=tmp_path, keep_refused=0)
    galley.get(PATH)
    server.script.fault = status(401, problem("revoked_key"))
    clock.now += 60
    galley.get(PATH)
    settle(galley)

    assert files(tmp_path) == []


def test_arms_come_from_the_disk(server: Server, make: Make, tmp_path: Path) -> None:
    server.release(*arms_of(split([50, 50])))
    first = make(snapshot=tmp_path)
    before = {unit: first.get(PATH, unit=unit).arm for unit in UNITS}
    first.close()
    server.script.fault = status(503)
    cold = make(snapshot=tmp_path)

    assert {unit: cold.get(PATH, unit=unit).arm for unit in UNITS} == before
    assert set(before.values()) == {"a", "b"}


def test_many_prompts_on_the_disk_wait_for_a_dead_server_once(
    server: Server, make: Make, tmp_path: Path
) -> None:
    first = make(snapshot=tmp_path)
    paths = [f"support/p{number}" for number in range(5)]
    for path in paths:
        server.release(prompt=path)
        first.get(path)
    server.asked.clear()
    server.gate.clear()
    cold = make(snapshot=tmp_path)
    cold.core._wire.timeout = 0.3
    found = [cold.get(paths[0]).version]
    cold.core._wire.timeout = 30.0

    found += [cold.get(path).version for path in paths[1:]]

    assert found == [3] * 5
    server.gate.set()


@pytest.fixture
def bundle(server: Server, tmp_path: Path) -> Path:
    """Made by the command, as people make it."""
    server.release(answer("Bundled {{name}}."))
    server.release(*arms_of(split([50, 50]), prompt="support/split"))
    path = tmp_path / "prompts.json"
    assert main(["bundle", "--output", str(path), "--url", server.url, "--key", KEY]) == 0
    return path


def test_a_bundle_serves_what_was_never_fetched(
    server: Server, make: Make, bundle: Path, clock: Clock
) -> None:
    server.script.fault = status(503)
    galley = make(bundle=bundle)

    prompt = galley.get(PATH, fallback="Hi")

    assert prompt.render(name="Ana")[0]["content"] == "Bundled Ana."
    assert (prompt.version, prompt.is_fallback, prompt.is_stale) == (3, True, True)
    with pytest.raises(GalleyError):
        galley.get("support/missing")
    server.script.fault = None
    clock.now += 60
    galley.get(PATH)
    settle(galley)
    now = galley.get(PATH)
    assert (now.is_fallback, now.is_stale) == (False, False)


def test_a_bundle_has_every_arm(server: Server, make: Make, bundle: Path) -> None:
    online = make()
    expected = {unit: online.get("support/split", unit=unit).arm for unit in UNITS}
    server.script.fault = status(503)
    galley = make(bundle=bundle)

    assert {unit: galley.get("support/split", unit=unit).arm for unit in UNITS} == expected
    assert galley.get("support/split").arm is None
    assert galley.get("support/split", version=4).version == 4


def test_the_disk_wins_over_the_bundle(
    server: Server, make: Make, bundle: Path, tmp_path: Path
) -> None:
    server.release(version=4, revision=8)
    warm(make, tmp_path)
    server.script.fault = status(503)

    assert make(bundle=bundle, snapshot=tmp_path).get(PATH).version == 4


def test_a_changed_bundle_gives_no_changed_prompt(
    server: Server, make: Make, bundle: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bundle.write_text(bundle.read_text().replace("Bundled", "Changed"))
    server.script.fault = status(503)

    assert make(bundle=bundle).get(PATH, fallback="Hi").version is None
    assert "The signature does not fit." in caplog.text


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"bundle": 3}', '{"prompts": [3]}', None])
def test_a_bundle_that_cannot_be_read_is_ignored_with_a_warning(
    server: Server, make: Make, tmp_path: Path, text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "prompts.json"
    if text is not None:
        path.write_text(text)
    galley = make(bundle=path)

    assert "is ignored" in caplog.text
    assert galley.get(PATH).version == 3


def test_given_keys_judge_a_bundle_that_brings_its_own(
    server: Server, make: Make, bundle: Path
) -> None:
    server.script.fault = status(503)
    right = make(bundle=bundle, public_keys=server.signer.document)
    wrong = make(bundle=bundle, public_keys=Signer("k1").document)

    assert right.get(PATH).version == 3
    with pytest.raises(GalleyError):
        wrong.get(PATH)


def test_the_command_says_what_is_wrong(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "prompts.json"
    words = ["bundle", "--output", str(path), "--url", server.url, "--key", KEY]
    server.script.faults["/api/v1/bundle"] = status(401, problem("revoked_key", "It was revoked."))
    refused = main(words)
    server.script.faults.clear()
    server.script.keys = [Signer("k1")]
    forged = main(words)

    assert (refused, forged, path.exists()) == (1, 1, False)
    said = capsys.readouterr().err
    assert said == "No bundle: It was revoked.\nNo bundle: The signature does not fit.\n"
