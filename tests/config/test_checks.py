"""`make test` asks once more, alone, where a few tests failed beside the others."""

from __future__ import annotations

import json

import pytest

from config import checks


@pytest.fixture
def after(tmp_path, monkeypatch):
    """`after(failed, then)`: what is answered when these failed and the second try ends so."""

    def run(failed, then):
        folder = tmp_path / ".pytest_cache" / "v" / "cache"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "lastfailed").write_text(json.dumps(dict.fromkeys(failed, True)))
        asked = []
        monkeypatch.setattr(checks, "ROOT", tmp_path)
        monkeypatch.setattr(checks, "_pytest", lambda *options: asked.append(options) or then)
        return checks.alone(), len(asked)

    return run


@pytest.mark.parametrize("then", [0, 1])
def test_a_few_are_tried_again_and_that_counts(after, then, capsys):
    assert after(["tests/a.py::test_one"], then) == (then, 1)
    assert "tests/a.py::test_one" in capsys.readouterr().out


def test_many_are_not_tried_again(after):
    names = [f"tests/a.py::test_{number}" for number in range(checks.FEW + 1)]

    assert after(names, 0) == (1, 0)


def test_a_run_that_names_none_stays_failed(after):
    assert after([], 0) == (1, 0)
