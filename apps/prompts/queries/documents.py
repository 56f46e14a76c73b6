"""Rows → the canonical document of domain.md, and comparisons between documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apps.prompts import content
from apps.prompts.compare import Comparison, compare
from apps.prompts.models import Draft, DraftBlock, DraftVariable, SnippetVersion, Version

SETTINGS = ("rendering", "output", "models", "tools")


def new_settings() -> dict[str, Any]:
    fresh = content.new_content()
    return {name: fresh[name] for name in SETTINGS}


def block_part(block: DraftBlock) -> dict[str, Any]:
    """A block of a draft as it stands in the document."""
    part = content.new_block(
        block.type,
        title=block.title,
        body=block.body,
        key=str(block.key),
        enabled=block.enabled,
        rows=block.rows,
        as_=block.rows_as,
    )
    return {**part, "snippet": pin_part(block.snippet_version)}


def pin_part(version: SnippetVersion | None) -> dict[str, Any] | None:
    """How a document names the version of a snippet that a block's words are copied from."""
    if version is None:
        return None
    path = f"{version.snippet.namespace.path}/{version.snippet.name}"
    return {"path": path, "version": version.number}


def pinned_part(version: SnippetVersion) -> dict[str, Any]:
    """A new block that says what this version says, and names it."""
    part = content.new_block(
        version.type,
        title=version.title,
        body=version.body,
        rows=version.rows,
        as_=version.rows_as,
    )
    return {**part, "snippet": pin_part(version)}


def variable_part(variable: DraftVariable) -> dict[str, Any]:
    return content.new_variable(
        variable.name,
        type=variable.type,
        required=variable.required,
        default=variable.default,
        description=variable.description,
        max_length=variable.max_length,
        choices=variable.choices,
    )


def blocks_in_order(draft: Draft) -> list[DraftBlock]:
    """The blocks that are in the draft now; one query."""
    rows = draft.blocks.filter(removed_at=None).select_related(
        "changed_by", "snippet_version__snippet__namespace"
    )
    found = {block.key: block for block in rows}
    return [found[key] for key in draft.order if key in found]


def document_of(
    draft: Draft, blocks: Iterable[DraftBlock], variables: Iterable[DraftVariable]
) -> content.Document:
    parts = [block_part(block) for block in blocks]
    return {
        "schema": content.SCHEMA,
        "blocks": parts,
        "variables": [variable_part(variable) for variable in variables],
        **_settings_for(draft, {part["key"] for part in parts}),
    }


def _settings_for(draft: Draft, keys: set[str]) -> dict[str, Any]:
    """Without what a model changes in removed blocks; putting a block back brings it back too."""
    settings = new_settings() | draft.settings
    models = [
        {**model, "overrides": {k: v for k, v in model["overrides"].items() if k in keys}}
        for model in settings["models"]
    ]
    return {**settings, "models": models}


def draft_document(draft: Draft) -> content.Document:
    """What a version made now would hold; two queries."""
    return document_of(draft, blocks_in_order(draft), draft.variables.all())


def version_document(version: Version) -> content.Document:
    return content.parse(bytes(version.content))


def changes_since(version: Version | None, draft: Draft) -> Comparison:
    """What differs between a version (None: nothing yet) and the draft."""
    return compare(_said(version), draft_document(draft))


def compare_versions(old: Version | None, new: Version) -> Comparison:
    return compare(_said(old), version_document(new))


def _said(version: Version | None) -> content.Document | None:
    return None if version is None else version_document(version)
