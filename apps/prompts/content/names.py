"""The two grammars: paths and variables."""

from __future__ import annotations

import re

PATH_SEGMENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
MAX_SEGMENTS = 8


def check_segment(segment: str) -> str:
    if PATH_SEGMENT.fullmatch(segment):
        return ""
    if not segment:
        return "Each part of a path needs a name."
    if len(segment) > 63:
        return f"“{segment[:20]}…” is too long: a part of a path has at most 63 characters."
    return (
        f"“{segment}” cannot be part of a path. Use small letters, digits, - and _, "
        "and begin with a letter or a digit."
    )


def check_path(path: str) -> str:
    segments = path.split("/")
    if len(segments) > MAX_SEGMENTS:
        return f"A path has at most {MAX_SEGMENTS} parts; this one has {len(segments)}."
    return next((sentence for s in segments if (sentence := check_segment(s))), "")


def check_variable_name(name: str) -> str:
    if VARIABLE_NAME.fullmatch(name):
        return ""
    if not name:
        return "A variable needs a name."
    if len(name) > 64:
        return f"“{name[:20]}…” is too long: the name of a variable has at most 64 characters."
    return (
        f"“{name}” cannot be the name of a variable. Use letters from A to Z, digits and _, "
        "and do not begin with a digit."
    )
