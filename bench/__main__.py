"""`make bench` or `make bench FIGURES=a,b`: one JSON line a figure."""

import os
import sys

from bench.run import run

if __name__ == "__main__":
    words = " ".join(sys.argv[1:]) or os.environ.get("FIGURES", "")
    sys.exit(run([name for name in words.replace(",", " ").split() if name]))
