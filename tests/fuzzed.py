"""What a fuzz tells of itself."""

from __future__ import annotations

import os
from pathlib import Path


def told(sent: int) -> None:
    """How many calls there were, to whoever counts them (bench/figures/fuzz.py)."""
    if counted := os.environ.get("GALLEY_FUZZ_COUNT"):
        with Path(counted).open("a") as file:
            file.write(f"{sent}\n")
