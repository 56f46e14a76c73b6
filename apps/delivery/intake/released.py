"""Which versions and arms of a prompt a call can have used: what was ever released there."""

from __future__ import annotations

from collections.abc import Iterable

from apps.delivery import queries
from apps.delivery.intake.arms import Released
from apps.delivery.records import KeyRecord
from apps.delivery.store import Store


def released(
    store: Store, key: KeyRecord, wanted: Iterable[tuple[int, int]]
) -> dict[int, Released]:
    """Prompt → what was released in the key's environment. Remembered, and read again where a
    version is not known or something was released since."""
    known = store.released
    needed: dict[int, set[int]] = {}
    for prompt, number in wanted:
        needed.setdefault(prompt, set()).add(number)
    stale = [prompt for prompt, numbers in needed.items() if _is_stale(store, key, prompt, numbers)]
    if stale:
        for prompt, found in queries.released_versions(stale, key).items():
            known[(key.environment_id, prompt)] = found
    nothing = Released()
    return {prompt: known.get((key.environment_id, prompt), nothing) for prompt in needed}


def _is_stale(store: Store, key: KeyRecord, prompt: int, numbers: set[int]) -> bool:
    place = (key.environment_id, prompt)
    known, served = store.released.get(place), store.live.get(place)
    if known is None or not numbers <= known.versions.keys():
        return True
    return served is not None and (served.revision or 0) > known.revision
