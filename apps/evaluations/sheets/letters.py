"""From bytes to text: which encoding a file has."""

from __future__ import annotations

import codecs

from apps.evaluations.sheets.sheet import SheetError

SAMPLE = 200_000  # bytes that are looked at
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NO_TEXT = "This is no text file. Save the sheet as CSV (UTF-8) or XLSX and try again."


def text_of(data: bytes) -> tuple[str, str]:
    """(text, a note where the encoding had to be guessed). Raises SheetError."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding), ""
    if b"\0" in data[:SAMPLE]:
        raise SheetError(NO_TEXT)
    try:
        return data.decode(), ""
    except UnicodeDecodeError:
        pass
    encoding = _guessed(data)
    note = (
        f"This file is not UTF-8; it was read as {encoding}. If letters look wrong below, save it"
        " as “CSV UTF-8” and bring it in again."
    )
    return _decoded(data, encoding), note


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise SheetError(
            "The letters of this file cannot be read. Save it as “CSV UTF-8” and try again."
        ) from None


def _guessed(data: bytes) -> str:
    """The likeliest of the encodings that fit; Windows' Western one where it is as likely."""
    from charset_normalizer import from_bytes

    sample = data[:SAMPLE]
    try:
        found = from_bytes(sample[: sample.rfind(b"\n") + 1] or sample).best()
    except (LookupError, ValueError):
        found = None
    for encoding in (*([found.encoding] if found else []), "cp1252", "latin-1"):
        try:
            data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return encoding
    raise SheetError(NO_TEXT)
