from __future__ import annotations

from dataclasses import dataclass

from apps.environments.models import Release
from apps.prompts.compare import compare, summary_sentences
from apps.prompts.models import Version
from apps.prompts.queries import version_document

SHOWN = 3


@dataclass(frozen=True)
class Changes:
    """What a version says differently from what is live: the first sentences, and how many more."""

    sentences: list[str]
    more: int


def changes_from(live: Release | None, version: Version) -> Changes | None:
    """None where nothing is live, or the same version."""
    if live is None or live.version_id == version.pk:
        return None
    comparison = compare(version_document(live.version), version_document(version))
    found = summary_sentences(comparison)
    return Changes(found[:SHOWN], len(found) - SHOWN if len(found) > SHOWN else 0)
