"""Template filters of the pages' parts: people, time, block types, statuses, words."""

from __future__ import annotations

import datetime as dt
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from apps.core.client_words import CLIENT_WORDS
from apps.core.looks import BLOCK_EXAMPLES, BLOCK_PURPOSES, BLOCKS, STATUSES

register = template.Library()

HUES = 12
VARIABLE = re.compile(r"(\\{0,2})\{\{( {0,8})([A-Za-z_][A-Za-z0-9_]{0,63})( {0,8})\}\}")


def _name(who: Any) -> str:
    """A person's, key's or the system's name for people: its label, else its text."""
    return str(getattr(who, "label", "") or who or "")


@register.filter
def name_of(who: Any) -> str:
    return _name(who)


@register.filter
def kind_of(who: Any) -> str:
    """ "person", "key" or "system"; text counts as a person's name."""
    return str(getattr(who, "kind", "person"))


@register.filter
def initials(who: Any) -> str:
    """First letters of the first and the last word: "Ana Moreno" → "AM"."""
    words = [word for word in re.split(r"[\s.@_-]+", _name(who)) if word[:1].isalnum()]
    if not words:
        return "?"
    ends = [words[0], words[-1]] if len(words) > 1 and "@" not in _name(who) else words[:1]
    return "".join(word[0] for word in ends).upper()


@register.filter
def hue(who: Any) -> int:
    """0 to 11, the same for the same name everywhere and for ever."""
    return zlib.crc32(_name(who).encode()) % HUES


@register.filter
def when(moment: dt.datetime | None) -> str:
    """Relative for seven days, then the date; in the reader's time zone."""
    if moment is None:
        return gettext("never")
    local, now = timezone.localtime(moment), timezone.localtime()
    days = (now.date() - local.date()).days
    clock = date_format(local, "H:i")
    if abs((now - local).total_seconds()) < 60:
        return gettext("just now")
    if days in (0, 1, -1):
        words = {0: "%s", 1: gettext("Yesterday, %s"), -1: gettext("Tomorrow, %s")}
        return words[days] % clock
    if 1 < days < 7:
        return f"{date_format(local, 'D')}, {clock}"
    return date_format(local, "j F" if local.year == now.year else "j F Y")


@register.filter
def when_short(moment: dt.datetime | None) -> str:
    """For narrow columns: "10:42", "Yesterday", "Wed", "9 Nov", "9 Nov 2025"."""
    if moment is None:
        return gettext("never")
    local, now = timezone.localtime(moment), timezone.localtime()
    days = (now.date() - local.date()).days
    if days == 0:
        return date_format(local, "H:i")
    if days == 1:
        return gettext("Yesterday")
    if 1 < days < 7:
        return date_format(local, "D")
    return date_format(local, "j M" if local.year == now.year else "j M Y")


@register.filter
def utc(moment: dt.datetime | None) -> str:
    """The exact moment for a tooltip: "2026-11-20 10:42:03 UTC"."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if moment else ""


@register.filter
def iso(moment: dt.datetime | None) -> str:
    """For `datetime=`: "2026-11-20T10:42:03Z"."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


@register.filter
def short_hash(value: str | bytes | None) -> str:
    """ "sha256:7c1e99…40b9" → "7c1e…40b9"."""
    text = value.hex() if isinstance(value, bytes | memoryview) else str(value or "")
    digits = text.rpartition(":")[2]
    return digits if len(digits) < 12 else f"{digits[:4]}…{digits[-4:]}"


@register.filter
def block_label(kind: str) -> str:
    return str(BLOCKS[kind][0]) if kind in BLOCKS else str(kind)


@register.filter
def block_icon(kind: str) -> str:
    return BLOCKS[kind][1] if kind in BLOCKS else "custom"


@register.filter
def block_purpose(kind: str) -> str:
    return str(BLOCK_PURPOSES.get(kind, ""))


@register.filter
def block_example(kind: str) -> str:
    return str(BLOCK_EXAMPLES.get(kind, ""))


@register.filter
def status_look(kind: str) -> dict[str, str]:
    """{"icon", "tone", "words"} of a state; an unknown one is shown as its own word."""
    icon, tone, words = STATUSES.get(
        str(kind), ("circle", "muted", str(kind).replace("_", " ").capitalize())
    )
    return {"icon": icon, "tone": tone, "words": str(words)}


@register.filter
def grouped(number: int) -> str:
    """1500 → "1,500", as it stands in sentences."""
    return f"{number:,}"


@register.filter
def counted(number: int, words: str) -> str:
    """`3|counted:"prompt,prompts"` → "3 prompts", with a no-break space; "1,500 prompts"."""
    one, many = words.split(",")
    return f"{number:,}\u00a0{ngettext(one, many, number)}"


@register.filter
def spelled(number: int) -> str:
    """Numbers up to ten in words: 4 → "four", 11 → "11"."""
    words = gettext("no,one,two,three,four,five,six,seven,eight,nine,ten").split(",")
    return words[number] if 0 <= number < len(words) else str(number)


@register.filter
def pieces(text: str) -> list[dict[str, str]]:
    """Text of a prompt in parts, so that `{{names}}` can be drawn as chips.

    Each part is {"before", "name", "after"} for a variable or {"text"}; put together they are
    the text again, character for character.
    """
    parts: list[dict[str, str]] = []
    end = 0
    for found in VARIABLE.finditer(text := str(text or "")):
        slashes, left, name, right = found.groups()
        if slashes == "\\":
            continue
        parts.append({"text": text[end : found.start()] + slashes})
        parts.append({"before": "{{" + left, "name": name, "after": right + "}}"})
        end = found.end()
    return [part for part in [*parts, {"text": text[end:]}] if part.get("text", part.get("name"))]


@register.filter
def on_side(segments: Iterable[Any], side: str) -> list[Any]:
    """The segments that one side of a comparison shows: "old", "new" or "together"."""
    hidden = {"old": "insert", "new": "delete"}.get(side)
    return [segment for segment in segments if segment.op != hidden]


@register.filter
def bars(shares: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Shares ({"type", "tokens"}) → bars of an SVG 1000 wide with a gap of 4 between them."""
    rows = [share for share in shares if share["tokens"]]
    room = 1000 - 4 * max(0, len(rows) - 1)
    total = sum(share["tokens"] for share in rows) or 1
    drawn, left = [], 0.0
    for share in rows:
        width = room * share["tokens"] / total
        drawn.append({**share, "x": f"{left:.1f}", "width": f"{width:.1f}"})
        left += width + 4
    return drawn


@register.filter
def field_look(field: BoundField) -> str:
    """How a form field is drawn: hidden, check, choices (radios, checkboxes) or control."""
    if field.is_hidden:
        return "hidden"
    kind = str(getattr(field.field.widget, "input_type", ""))
    if kind in ("checkbox", "radio") and hasattr(field.field.widget, "choices"):
        return "choices"
    return "check" if kind == "checkbox" else "control"


@register.filter
def control(field: BoundField) -> SafeString:
    """The field's own widget, in our class, tied to its help and its errors."""
    attrs: dict[str, Any] = {}
    described = [f"{field.auto_id}_{part}" for part in ("help", "error") if _has(field, part)]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    if field_look(field) == "control":
        own = field.field.widget.attrs.get("class", "")
        attrs["class"] = f"field {own}".strip()
    return field.as_widget(attrs=attrs)


def _has(field: BoundField, part: str) -> bool:
    return bool(field.help_text if part == "help" else field.errors)


@register.filter
def button_of(message: Any) -> dict[str, Any]:
    """What a message says about the act that takes it back: undo, label and fields; or nothing."""
    tags = message.extra_tags or ""
    return dict(json.loads(tags)) if tags.startswith("{") else {}


@register.filter
def splitted(words: str) -> list[str]:
    """ "a,b" → ["a", "b"], for a literal list in a template."""
    return words.split(",")


@register.simple_tag
def client_words() -> SafeString:
    """The sentences that galley.js says, translated, as a JSON data block."""
    return json_script({key: str(words) for key, words in CLIENT_WORDS.items()}, "words")
