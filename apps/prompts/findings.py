"""By what a finding is known: its kind, its place and the words that it is about. Pure."""

from __future__ import annotations

import hashlib

from apps.prompts.content import Document, canonical_bytes
from apps.prompts.lint import Finding, words_about


def digest_of(finding: Finding, content: Document) -> str:
    """64 hex digits. Other words there make another finding of it, also if it says the same."""
    place = finding.block_key or ""
    known = [finding.code, place, finding.sentence, words_about(finding, content)]
    return hashlib.sha256(canonical_bytes(known)).hexdigest()
