"""What of a document a locked type of block covers. Pure."""

from __future__ import annotations

from typing import Any

from apps.prompts.content import Document


def locked_part(document: Document | None, kind: str) -> list[Any]:
    """The blocks of that type, in order, and what single models are told instead of them."""
    if document is None:
        return [[], []]
    blocks = [block for block in document["blocks"] if block["type"] == kind]
    keys = {block["key"] for block in blocks}
    words = [
        {key: said for key, said in model.get("overrides", {}).items() if key in keys}
        for model in document["models"]
    ]
    return [blocks, [said for said in words if said]]
