"""Whatever is sent to the API and to the forms, as everybody: no answer says that we broke."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.run import Measured, figure
from bench.samples import ROOT

TESTS = (  # the longest one first: two work beside each other
    "tests/permissions/test_fuzz_forms.py",
    "tests/delivery/test_odd_calls.py",
    "tests/delivery/test_schemathesis.py",
)


@figure("fuzz_5xx")
def fuzz_5xx() -> Measured:
    """Calls made from the OpenAPI document with three kinds of key, and forms of the seven people
    of the permission matrix. An answer of 5xx fails the tests, and so the figure."""
    with tempfile.TemporaryDirectory() as folder:
        counted = Path(folder) / "sent"
        counted.touch()
        scale = {
            "GALLEY_FUZZ_EXAMPLES": os.environ.get("GALLEY_FUZZ_EXAMPLES", "150"),
            "GALLEY_FUZZ_CALLS": os.environ.get("GALLEY_FUZZ_CALLS", "4300"),
            "GALLEY_FUZZ_ROUNDS": os.environ.get("GALLEY_FUZZ_ROUNDS", "300"),
            "GALLEY_FUZZ_COUNT": str(counted),
        }
        command = [
            sys.executable, "-m", "pytest", "-q", "-n2", "--dist=worksteal",
            "-p", "no:cacheprovider", "--show-capture=no", *TESTS,
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **scale}, capture_output=True, text=True
        )
        sent = sum(int(line) for line in counted.read_text().split())
    if done.returncode:
        raise AssertionError(done.stdout[-5000:])
    return Measured(0, "answers of 5xx", sent, "three kinds of key, seven people")
