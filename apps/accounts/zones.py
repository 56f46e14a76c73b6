from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

PLACES = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
          "Pacific")  # fmt: skip


@cache
def zones() -> tuple[str, ...]:
    """UTC, then every place of the zone database, by name."""
    named = {zone for zone in available_timezones() if zone.partition("/")[0] in PLACES}
    return ("UTC", *sorted(named))


def is_zone(name: str) -> bool:
    return name in zones()


def zone(name: str) -> ZoneInfo:
    """The zone of a name; UTC for one that is no longer known."""
    return ZoneInfo(name if is_zone(name) else "UTC")
