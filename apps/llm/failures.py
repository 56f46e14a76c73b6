"""What the providers' clients raise, as the one kind of error that Galley knows."""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from apps.llm.addresses import RefusedAddress
from apps.llm.unanswered import Unanswered

_STATUS = {
    401: "refused_key", 402: "no_credit", 403: "refused_key", 404: "unknown_model",
    408: "timeout", 409: "overloaded", 425: "overloaded", 429: "rate_limited",
    503: "overloaded", 504: "timeout", 524: "timeout", 529: "overloaded",
}  # fmt: skip
_NO_CREDIT = re.compile(r"insufficient_quota|credit balance|billing|exceeded your current quota")
_OVERLOADED = re.compile(r"overloaded", re.IGNORECASE)


def unanswered(error: BaseException, secret: str = "") -> Unanswered:
    """Any error of a call in Galley's words; none keeps the request or its headers."""
    for each in _chain(error):
        found = _known(each, secret)
        if found is not None:
            return found
    return Unanswered("server_error", f"{type(error).__name__}: {error}", secret=secret)


def _known(error: BaseException, secret: str) -> Unanswered | None:
    import httpx2

    if isinstance(error, Unanswered):
        return error
    if isinstance(error, RefusedAddress):
        return Unanswered("refused_address", sentence=str(error))
    if (status := getattr(error, "status_code", None)) is not None:
        return _by_status(int(status), error, secret)
    if isinstance(error, (TimeoutError, httpx2.TimeoutException)):
        return Unanswered("timeout")
    if isinstance(error, ssl.SSLCertVerificationError):
        return Unanswered("bad_certificate", error.verify_message)
    if isinstance(error, json.JSONDecodeError):
        return Unanswered("malformed", f"not JSON: {error.msg}")
    if isinstance(error, (httpx2.ConnectError, httpx2.ProxyError, ssl.SSLError)):
        return Unanswered("unreachable", str(error), secret=secret)
    if isinstance(error, httpx2.TransportError):
        return Unanswered("cut_off", str(error), secret=secret)
    return _in_a_stream(error, secret)


def _in_a_stream(error: BaseException, secret: str) -> Unanswered | None:
    """The error that a provider sends as one of the events of a stream."""
    body = getattr(error, "body", None)
    if not isinstance(body, Mapping):
        return None
    words = json.dumps(body)
    code = "overloaded" if _OVERLOADED.search(words) else "server_error"
    return Unanswered(code, str(body.get("message", "")), secret=secret)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what caused it, the deepest cause first."""
    found = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return reversed(found)


def _by_status(status: int, error: Any, secret: str) -> Unanswered:
    words = f"{status}: {_said(error)}"
    headers = getattr(getattr(error, "response", None), "headers", {})
    after = retry_after(headers, datetime.now(UTC))
    if 300 <= status < 400:
        return Unanswered("redirected", str(status))
    code = _STATUS.get(status) or ("server_error" if status >= 500 else "bad_request")
    if code in ("rate_limited", "bad_request") and _NO_CREDIT.search(words):
        code = "no_credit"
    return Unanswered(code, words, retry_after=after, secret=secret)


def _said(error: Any) -> str:
    """What the provider said: its message and code, never a whole page."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, Mapping) else body
    if isinstance(inner, Mapping):
        parts = (inner.get("message"), inner.get("code"))
        return " ".join(str(part) for part in parts if part)
    return re.sub(r"<[^>]*>", " ", str(inner or ""))


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait, by the header that says so: a number, or a date."""
    if (exact := headers.get("retry-after-ms", "")).isdigit():
        return int(exact) / 1000
    text = headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return max(0.0, seconds) if seconds == seconds else None
