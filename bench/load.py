"""Load from this machine, with the distribution's wrk."""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SCALE = {"us": 0.001, "ms": 1.0, "s": 1000.0}
SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = math.random(#paths)
%s
request = function()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True)
class Rate:
    """Answers a second; milliseconds that half, and 99 of 100, of the answers took at most."""

    per_second: float
    p50_ms: float
    p99_ms: float
    answers: int


def wrk(
    port: int, paths: Sequence[str], *, connections: int, seconds: int, headers: dict[str, str]
) -> Rate:
    """Ask for the paths one after the other. RuntimeError when any answer is no 2xx or 3xx."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder) / "paths", Path(folder) / "script.lua"
        listed.write_text("\n".join(paths))
        lines = "\n".join(f"wrk.headers[{name!r}] = {value!r}" for name, value in headers.items())
        script.write_text(SCRIPT % (listed, lines))
        words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "10s"]
        done = subprocess.run(
            [*words, "-s", str(script), f"http://127.0.0.1:{port}"],
            capture_output=True, text=True, check=True, timeout=seconds + 60,
        )  # fmt: skip
    return _read(done.stdout)


def _read(text: str) -> Rate:
    wrong = re.search(r"(Non-2xx or 3xx responses|Socket errors): (.*)", text)
    if wrong:
        raise RuntimeError(wrong[0])
    answers = re.search(r"(\d+) requests in", text)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", text)
    if answers is None or rate is None:
        raise RuntimeError(text)
    return Rate(float(rate[1]), _part(text, 50), _part(text, 99), int(answers[1]))


def _part(text: str, percent: int) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", text)
    if found is None:
        raise RuntimeError(text)
    return float(found[1]) * SCALE[found[2]]
