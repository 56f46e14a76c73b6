"""What is found in a text, and what of it somebody said is no problem."""

from __future__ import annotations

from dataclasses import dataclass

from apps.prompts.content import Document
from apps.prompts.findings import digest_of
from apps.prompts.lint import Finding, lint
from apps.prompts.models import Dismissal, Prompt


@dataclass(frozen=True)
class Judged:
    """`dismissal` is None for what nobody dismissed, or where the words changed since."""

    about: Finding
    digest: str
    dismissal: Dismissal | None


def found_in(prompt: Prompt, content: Document) -> list[Judged]:
    """Everything, red first; of a draft as of a version."""
    rows = Dismissal.objects.filter(prompt=prompt, shown_again_at=None).select_related("person")
    dismissed = {row.digest: row for row in rows}
    known = ((finding, digest_of(finding, content)) for finding in lint(content))
    return [Judged(finding, digest, dismissed.get(digest)) for finding, digest in known]


def dismissed_in(prompt: Prompt, content: Document) -> list[Judged]:
    return [one for one in found_in(prompt, content) if one.dismissal is not None]
