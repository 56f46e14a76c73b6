"""`make bench` or `make bench FIGURES=a,b`: one JSON line a figure."""

import os
import sys
import tempfile

from bench.run import run
from tests.rooms import leave_room

os.environ.setdefault("GALLEY_ROOM", tempfile.gettempdir())  # figures are those of a disk
os.environ.setdefault("GALLEY_DURABLE", "yes")  # and of commits that survive a power cut

if __name__ == "__main__":
    words = " ".join(sys.argv[1:]) or os.environ.get("FIGURES", "")
    try:
        sys.exit(run([name for name in words.replace(",", " ").split() if name]))
    finally:
        leave_room()
