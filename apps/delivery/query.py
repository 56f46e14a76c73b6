"""What stands behind the question mark of an address, read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from apps.delivery.problems import Fault, Problem, echo, named
from apps.releases.assignment import LONGEST_UNIT

FETCH = ("version", "label", "model", "unit", "environment")
LIST = ("limit", "cursor")
MAX_FIELDS = 20
MAX_LENGTH = 8000
MAX_ATTRIBUTES = 10
LONGEST_VALUE = 200
MAX_VERSION = 2**31 - 1
SECRET_NAMES = {"key", "api_key", "api-key", "apikey", "token", "access_token", "authorization"}
_ATTRIBUTE = re.compile(r"attr\[([a-z][a-z0-9_]{0,39})\]")
_KEY_SHAPE = re.compile(r"gly(_|%5f)[a-z0-9]", re.I)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a caller asks of one prompt. `unit`: whom the call is for, which chooses the arm of a
    release by steps. `attributes`: what is said of it, for an audience; kept nowhere."""

    version: int | None = None
    label: str | None = None
    model: str | None = None
    environment: str | None = None
    unit: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


LIVE = Wanted()


def holds_key(query: str) -> bool:
    """Whether somebody put a key into the address, where every log on the way keeps it."""
    if not query:
        return False
    if _KEY_SHAPE.search(query):
        return True
    return any(part.partition("=")[0].lower() in SECRET_NAMES for part in query.split("&"))


def key_in_address() -> Problem:
    return Problem(
        "key_in_address",
        "A key must not stand in an address, where it is logged. Send the header"
        " “Authorization: Bearer gly_…” instead, and revoke this key.",
    )


def read(query: str, allowed: tuple[str, ...], *, attributes: bool = False) -> dict[str, str]:
    """Each parameter once; Problem 400 for an unknown or repeated one. `attributes`: whether
    `attr[plan]` and the like are allowed besides."""
    if holds_key(query):
        raise key_in_address()
    if len(query) > MAX_LENGTH:
        raise bad("query", f"What follows the “?” is longer than {MAX_LENGTH:,} characters.")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise bad("query", "The address cannot be read: use UTF-8 and few parameters.") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in allowed and not (attributes and name.startswith("attr[")):
            detail = f"There is no parameter “{echo(name)}” here."
            fault = Fault(echo(name), detail, allowed)
            raise Problem("unknown_parameter", f"{detail} {named(allowed)}", [fault])
        if name in found:
            raise bad(name, f"“{name}” is given twice.")
        found[name] = value
    return found


def wanted(query: str) -> Wanted:
    if not query:
        return LIVE
    found = read(query, FETCH, attributes=True)
    if "version" in found and "label" in found:
        raise bad("label", "Ask for a version or for a label, not for both.")
    number, unit = found.get("version"), found.get("unit")
    if unit is not None and len(unit) > LONGEST_UNIT:
        raise bad("unit", f"“unit” is longer than {LONGEST_UNIT} characters.")
    return Wanted(
        version=None if number is None else whole("version", number, MAX_VERSION),
        label=found.get("label"),
        model=found.get("model"),
        environment=found.get("environment"),
        unit=unit or None,
        attributes=_attributes(found),
    )


def _attributes(found: Mapping[str, str]) -> dict[str, str]:
    said = {name: value for name, value in found.items() if name.startswith("attr[")}
    if len(said) > MAX_ATTRIBUTES:
        raise bad("attr", f"Say at most {MAX_ATTRIBUTES} attributes of a call.")
    return {_attribute(name, value): value for name, value in said.items()}


def _attribute(name: str, value: str) -> str:
    known = _ATTRIBUTE.fullmatch(name)
    if known is None:
        detail = f"“{echo(name)}” names no attribute: write attr[plan], in up to 40 of a-z, 0-9, _."
        raise bad(echo(name), detail)
    if len(value) > LONGEST_VALUE:
        raise bad(echo(name), f"“{echo(name)}” is longer than {LONGEST_VALUE} characters.")
    return known[1]


def whole(name: str, text: str, most: int) -> int:
    """A whole number from 1 to `most`."""
    if text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= most:
        return int(text)
    raise bad(name, f"“{name}” must be a whole number from 1 to {most}.")


def bad(field: str, detail: str) -> Problem:
    return Problem("bad_parameter", detail, [Fault(field, detail)])
