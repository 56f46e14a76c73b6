"""How long the comparison of two texts takes."""

import statistics
import time

from apps.prompts import content
from apps.prompts.compare import compare
from bench import samples
from bench.run import Measured, figure
from tests.prompts.adversarial import pairs

REPEATS = 7


def _document(text: str) -> content.Document:
    return content.new_content() | {
        "blocks": [content.new_block("instructions", body=text, key=samples.KEY)]
    }


def _median_ms(old: str, new: str) -> float:
    before, after = _document(old), _document(new)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        compare(before, after)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


@figure("compare_longest_ms")
def compare_longest() -> Measured:
    """Two neighbouring versions of the longest real prompt."""
    longest = max(samples.histories(), key=lambda texts: max(map(len, texts)))
    old, new = longest[-2:]
    return Measured(_median_ms(old, new), "ms", REPEATS, f"{len(old)} and {len(new)} characters")


@figure("compare_worst_ms")
def compare_worst() -> Measured:
    """The worst of ten adversarial pairs of 256 KiB; at most 300 ms is promised."""
    found = {name: _median_ms(old, new) for name, (old, new) in pairs().items()}
    worst = max(found, key=lambda name: found[name])
    return Measured(found[worst], "ms", REPEATS, f"300 ms; {worst}", found[worst] / 300)
