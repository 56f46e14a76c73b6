"""Every cell of the table of rights: what `make test` leaves out are further people who may."""

import os
import subprocess
import sys

from bench.run import Measured, figure
from bench.samples import ROOT

TESTS = ("tests/permissions/test_matrix.py", "tests/permissions/test_sweeps.py")


@figure("permission_cells")
def permission_cells() -> Measured:
    """Each route as each of the seven people, as a page and as a piece of one. A wrong answer fails
    the tests, and so the figure."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests.permissions.routes import ROUTES
    from tests.permissions.world import PEOPLE

    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *TESTS]
    env = {**os.environ, "GALLEY_ALL_CELLS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stdout[-1500:])
    cells = 2 * len(ROUTES) * len(PEOPLE)
    return Measured(0, "wrong answers", cells, f"{len(ROUTES)} routes, {len(PEOPLE)} people")
