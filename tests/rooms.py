"""Where the tests' data lie while they run."""

import os
import shutil
import tempfile
from pathlib import Path

import psutil

MEMORY = Path("/dev/shm")  # a disk in memory, on every Linux
NEEDED = 8 * 2**30  # bytes; a run with three workers holds less than half of it at once
# What a container may take of the machine's memory ("max": all of it), by its two versions.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def room_for_tests() -> str:
    """In memory where there is plenty: hundreds of databases live for seconds, and a disk that
    writes each of them out is what a run would wait for. GALLEY_ROOM names another folder."""
    if given := os.environ.get("GALLEY_ROOM"):
        return given
    if MEMORY.is_dir():
        allowed = [path.read_text().strip() for path in map(Path, LIMITS) if path.exists()]
        free = min(
            shutil.disk_usage(MEMORY).free,
            psutil.virtual_memory().available,
            *(int(limit) for limit in allowed if limit.isdigit()),
        )
        if free > NEEDED:
            return str(MEMORY)
    return tempfile.gettempdir()


def rooms() -> set[str]:
    """Wherever a run may have left its data."""
    return {tempfile.gettempdir(), str(MEMORY)}


def leave_room() -> None:
    """At the end of a run in a folder of its own: its server stops, and the folder goes."""
    from config.postgres import server

    if folder := os.environ.get("GALLEY_TEST_DATA"):
        server(Path(folder)).stop()
        shutil.rmtree(folder, ignore_errors=True)
