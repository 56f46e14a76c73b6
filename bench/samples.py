"""The real prompts of GALLEY_SAMPLE_DATA, else the sample that the tests use."""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEY = "6c0f2ad4-9c07-4e5e-8d3b-0b8f6c1d2e3f"


def folder() -> Path:
    given = Path(os.environ.get("GALLEY_SAMPLE_DATA", ROOT.parent / "shared" / "data"))
    return given if (given / "prompt-histories.jsonl").exists() else ROOT / "tests" / "data"


def histories() -> list[list[str]]:
    """The texts of each prompt with at least two versions, oldest first."""
    lines = (folder() / "prompt-histories.jsonl").read_text(encoding="utf-8").splitlines()
    rows = (json.loads(line)["versions"] for line in lines)
    return [[version["text"] for version in row] for row in rows if len(row) > 1]
