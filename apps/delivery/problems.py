"""Everything the API may refuse, as RFC 9457 problem documents: one list, shown in the docs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MEDIA_TYPE = "application/problem+json"
DOCS = "/api/v1/docs"
MAX_NAMES = 20
MAX_ECHO = 200
MAX_BODY = 4 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Kind:
    status: int
    title: str
    advice: str


KINDS: dict[str, Kind] = {
    "missing_key": Kind(401, "No key", "Send the header “Authorization: Bearer gly_…”."),
    "wrong_key": Kind(401, "Unknown key", "Check that the whole key was copied."),
    "expired_key": Kind(401, "Expired key", "Ask an admin of the namespace for a new key."),
    "revoked_key": Kind(401, "Revoked key", "Ask an admin of the namespace for a new key."),
    "wrong_kind": Kind(403, "Key of another kind", "Read keys fetch; write and release keys act."),
    "key_in_address": Kind(
        400, "Key in the address", "Addresses are logged: revoke it, send a new one in the header."
    ),
    "too_many_wrong_keys": Kind(429, "Too many wrong keys", "Wait as long as Retry-After says."),
    "too_many_streams": Kind(429, "Too many streams", "Wait as long as Retry-After says."),
    "unknown_parameter": Kind(400, "Unknown parameter", "Leave out what is not listed here."),
    "bad_parameter": Kind(400, "Bad parameter", "Give each parameter once, in its form."),
    "unknown_field": Kind(400, "Unknown field", "Leave out what is not listed here."),
    "bad_body": Kind(400, "Bad body", "Send one JSON object in UTF-8."),
    "length_required": Kind(411, "No length", "Send Content-Length."),
    "unknown_encoding": Kind(415, "Unknown encoding", "Send the body plain or packed with gzip."),
    "unknown_media_type": Kind(415, "Unknown media type", "“detail” says which ones are read."),
    "busy": Kind(429, "Busy", "Send the same again after the seconds in Retry-After."),
    "body_too_large": Kind(413, "Body too large", "Send shorter values."),
    "unknown_address": Kind(404, "No such address", "This page lists every address."),
    "method_not_allowed": Kind(405, "Wrong method", "This page lists the method of each address."),
    "unknown_prompt": Kind(404, "No such prompt", "“errors” has the names that the key may read."),
    "nothing_live": Kind(404, "Nothing live", "Release a version to the key's environment."),
    "unknown_environment": Kind(404, "Other environment", "A key reads one environment."),
    "unknown_version": Kind(404, "No such version", "“errors” has the versions that exist."),
    "unknown_label": Kind(404, "No such label", "“errors” has the labels that exist."),
    "unknown_model": Kind(404, "No such model variant", "“errors” has the models that exist."),
    "owner_gone": Kind(401, "Owner gone", "A key acts for a person: ask an admin for a new one."),
    "not_allowed": Kind(403, "Not allowed", "“detail” says which right is missing."),
    "not_found": Kind(404, "Not found", "There is nothing there that this key may see."),
    "not_possible": Kind(409, "Not possible now", "“detail” says what stands in the way."),
    "invalid": Kind(422, "Does not fit", "“errors” names each field."),
    "other_call": Kind(422, "Token used before", "Make a new Idempotency-Key for each write."),
    "bad_values": Kind(422, "Values that do not fit", "“errors” names each variable."),
    "server_error": Kind(500, "Something broke here", "Try again; the server has written it down."),
    "database_away": Kind(503, "Database away", "Try again soon; known prompts are still served."),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One place that is wrong: a parameter, a field or a variable; `names` are those that exist."""

    field: str
    detail: str
    names: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        shown: dict[str, Any] = {"field": self.field, "detail": self.detail}
        return {**shown, "names": list(self.names[:MAX_NAMES])} if self.names else shown


@dataclass
class Problem(Exception):
    """Raised anywhere in the API; `code` is a key of KINDS (or, with a `kind`, more exact than
    that), `detail` says what to do."""

    code: str
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""  # a key of KINDS, where `code` is an action's own

    @property
    def _kind(self) -> Kind:
        return KINDS[self.kind or self.code]

    @property
    def status(self) -> int:
        return self._kind.status

    def body(self) -> bytes:
        document = {
            "type": f"{DOCS}#{self.kind or self.code}",
            "title": self._kind.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "errors": [fault.as_json() for fault in self.faults],
        }
        return json.dumps(document).encode()

    def all_headers(self) -> dict[str, str]:
        own = {"Content-Type": MEDIA_TYPE, "Cache-Control": "no-store, private"}
        asks = {"WWW-Authenticate": 'Bearer realm="Galley"'} if self.status == 401 else {}
        return {**own, **asks, **self.headers}


def echo(text: str) -> str:
    """What the caller sent, short enough to repeat."""
    return text if len(text) <= MAX_ECHO else text[:MAX_ECHO] + "…"


def named(names: Iterable[str]) -> str:
    """A sentence with the names that exist; empty without any."""
    shown = list(names)
    more = f" and {len(shown) - MAX_NAMES} more" if len(shown) > MAX_NAMES else ""
    return f"There is: {', '.join(shown[:MAX_NAMES])}{more}." if shown else ""


def too_large() -> Problem:
    most = MAX_BODY // (1024 * 1024)
    return Problem("body_too_large", f"The body holds over {most} MiB. Send shorter values.")
