"""Every read of the prompts' tables that crosses a row."""

from apps.prompts.queries.documents import (
    changes_since,
    compare_versions,
    draft_document,
    version_document,
)
from apps.prompts.queries.effect import Effect, cost_in_words, effect
from apps.prompts.queries.preview import Part, Preview, PreviewMessage, preview
from apps.prompts.queries.prompts import (
    contributors_between,
    draft_at,
    draft_contributors,
    draft_of,
    drafts_of,
    latest_version,
    prompt_for,
    version_of,
    versions_of,
    visible_prompts,
    writable_namespaces,
)
from apps.prompts.queries.registry import (
    Hit,
    Node,
    Piece,
    namespace_tree,
    owners_in,
    registry,
    search_hits,
    tags_in,
)

__all__ = [
    "Effect",
    "Hit",
    "Node",
    "Part",
    "Piece",
    "Preview",
    "PreviewMessage",
    "changes_since",
    "compare_versions",
    "contributors_between",
    "cost_in_words",
    "draft_at",
    "draft_contributors",
    "draft_document",
    "draft_of",
    "drafts_of",
    "effect",
    "latest_version",
    "namespace_tree",
    "owners_in",
    "preview",
    "prompt_for",
    "registry",
    "search_hits",
    "tags_in",
    "version_document",
    "version_of",
    "versions_of",
    "visible_prompts",
    "writable_namespaces",
]
