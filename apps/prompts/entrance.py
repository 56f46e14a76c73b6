"""What comes in is cleaned and checked here; what does not fit is Invalid, with its sentence."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.prompts import content
from apps.prompts.content import Problem

MAX_NAME = 120
MAX_PURPOSE = 200
MAX_TAGS = 20
MAX_TAG = 40


def clean_text(field: str, text: str) -> str:
    """Line ends normalised; NUL and broken characters are refused."""
    if sentence := content.check_text(text):
        raise Invalid({field: [sentence]})
    return content.normalise(text)


def clean_line(field: str, text: str, most: int, *, required: bool = False) -> str:
    """One line without spaces at its ends, of at most `most` characters."""
    line = " ".join(clean_text(field, text).split())
    if required and not line:
        raise Invalid({field: [_("This is needed.")]})
    if len(line) > most:
        sentence = _("This has %(have)s characters; at most %(most)s fit. Shorten it.")
        raise Invalid({field: [sentence % {"have": len(line), "most": most}]})
    return line


def clean_title(title: str) -> str:
    """A block's title: one line, kept as typed."""
    text = clean_text("title", title)
    if "\n" in text or len(text) > content.MAX_TITLE:
        sentence = _("A title is one line of at most %(most)s characters.")
        raise Invalid({"title": [sentence % {"most": f"{content.MAX_TITLE:,}"}]})
    return text


def clean_tags(tags: Iterable[str]) -> list[str]:
    """Small letters, each once, in order."""
    lines = (clean_line("tags", tag, MAX_TAG).lower() for tag in tags)
    cleaned = sorted({line for line in lines if line})
    if len(cleaned) > MAX_TAGS:
        sentence = _("A prompt has at most %(most)s tags.") % {"most": MAX_TAGS}
        raise Invalid({"tags": [sentence]})
    return cleaned


def clean_reason(reason: str) -> str:
    text = clean_text("reason", reason).strip()
    if not text:
        raise Invalid({"reason": [_("Say in a line why, so that others understand it later.")]})
    return text


def require_block_type(type: str) -> None:
    if type not in content.BLOCK_TYPES:
        raise Invalid({"type": [_("Choose one of the block types in the list.")]})


def require_variable(part: dict[str, Any]) -> None:
    """Invalid, by field of the variable, unless it may stand in a document."""
    document = {**content.new_content(), "variables": [part]}
    raise_problems(content.check_content(document), "variables/0/")


def require_settings(settings: dict[str, Any]) -> None:
    """What a model is told instead of a block is checked where it is written: here stand no blocks,
    and the words of removed ones stay."""
    models = [{**model, "overrides": {}} for model in settings["models"]]
    document = {**content.new_content(), **settings, "models": models}
    raise_problems(content.check_content(document), "")


def require_document(document: content.Document) -> None:
    """Invalid, by its parts, unless a draft may say it: there a block is a row by its key."""
    raise_problems(content.check_content(document) or _odd_keys(document), "")


def _odd_keys(document: content.Document) -> Iterable[Problem]:
    for place, block in enumerate(document["blocks"]):
        if not _is_uuid(block["key"]):
            words = _("The key of block %(n)s has to be a UUID in small letters, with its hyphens.")
            yield Problem(f"blocks/{place}/key", words % {"n": place + 1})


def _is_uuid(key: str) -> bool:
    try:
        return str(uuid.UUID(key)) == key
    except ValueError:
        return False


def raise_problems(problems: Iterable[Problem], prefix: str) -> None:
    """Raise Invalid with each sentence under its field; the first part of the path names it."""
    errors: dict[str, list[str]] = {}
    for path, sentence in problems:
        field = path.removeprefix(prefix).partition("/")[0]
        errors.setdefault(field, []).append(sentence)
    if errors:
        raise Invalid(errors)
