"""T22 at full length: a superuser rewrites the audit trail, and the offline check looks at it."""

import random
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.delivering import scaled
from bench.run import SEED, Measured, figure
from bench.samples import ROOT
from bench.served import own_database

_kept: dict[str, Any] = {}


@figure("tampers_missed")
def tampers_missed() -> Measured:
    """Not found, or found with another entry than the first bad one."""
    seen = _all()
    words = f"{seen['chain']} of them pass the chain without checkpoints; {seen['ways']} ways"
    return Measured(seen["missed"], "tampers", seen["count"], words)


@figure("tamper_false_alarms")
def tamper_false_alarms() -> Measured:
    """Honest records, each put back as superuser after a tamper, that do not pass."""
    seen = _all()
    return Measured(seen["alarms"], "false alarms", seen["count"], "the record put back each time")


def _all() -> dict[str, Any]:
    if not _kept:
        sys.path.insert(0, str(ROOT / "clients" / "python"))
        with own_database() as name, TemporaryDirectory() as folder:
            _kept.update(_measured(name, Path(folder), scaled("TAMPERS", 1_000)))
    return _kept


def _measured(name: str, folder: Path, count: int) -> dict[str, Any]:
    from django.conf import settings
    from galley_client.verify import checkpoint_files, verify

    from apps.audit import checkpoints
    from apps.audit.chain import walk
    from config import postgres
    from config.key_ring import KeyRing
    from tests.audit import tampering
    from tests.delivery.story import make_story

    ring = KeyRing(folder, "checkpoint-keys")
    checkpoints.folder, checkpoints.ring = (lambda: folder / "points"), (lambda: ring)
    checkpoints.AT_MOST = 10
    make_story()
    while checkpoints.make():
        pass
    before, chance, told = tampering.rows(), random.Random(SEED), Counter[str]()
    keys = [key.public_key for key in ring.all()]

    def first(rows: Any) -> int | None:
        lines = tampering.lines(rows)
        return verify(lines, checkpoint_files(folder / "points"), keys).first

    with postgres.server(settings.DATA).connect(name=name) as root:
        for number in range(count):
            way = tampering.WAYS[number % len(tampering.WAYS)]
            after = tampering.tampered(before, way, chance)
            expected = tampering.first_difference(before, after)
            if way is tampering.rename:  # names lie in another table
                told["missed"] += first(after) != expected
            else:
                tampering.put_into_table(after, root)
                told["missed"] += first(tampering.rows()) != expected
            told["chain"] += walk(after).broken is None
            tampering.put_into_table(before, root)
            told["alarms"] += first(tampering.rows()) is not None
    found = {part: told[part] for part in ("missed", "alarms", "chain")}
    return {"count": count, "ways": len(tampering.WAYS), **found}
