"""Labels in memory: each names a release of its prompt and environment, live or not."""

from __future__ import annotations

from collections.abc import Mapping

from apps.delivery import queries
from apps.delivery.records import Served

Labels = Mapping[tuple[int, int], Mapping[str, Served]]  # by environment and prompt, then by name


def labelled(known: Labels) -> Labels:
    """All labels as they are now; the answers of releases that are known already are kept."""
    rows = queries.labels()
    kept = {found.release_id: found for names in known.values() for found in names.values()}
    new = {release for *_place, release in rows} - set(kept)
    answers = {**kept, **{found.release_id: found for found in queries.served(new, whole=True)}}
    labels: dict[tuple[int, int], dict[str, Served]] = {}
    for environment, prompt, name, release in rows:
        labels.setdefault((environment, prompt), {})[name] = answers[release]
    return labels
