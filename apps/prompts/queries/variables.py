"""Which variables a draft's text uses, and where."""

from __future__ import annotations

from collections.abc import Iterable

from apps.prompts import content
from apps.prompts.compile import used_variables
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.placeholders import tokens, variable_names
from apps.prompts.queries.documents import draft_document


def found_names(draft: Draft) -> list[str]:
    """Names that the text uses and nobody declared, in order of first use."""
    document = draft_document(draft)
    declared = {variable["name"] for variable in document["variables"]}
    return [name for name in used_variables(document) if name not in declared]


def text_uses(draft: Draft, name: str) -> list[DraftBlock]:
    """Every block of the draft, removed ones included, whose words use the variable."""
    related = ("changed_by", "snippet_version__snippet")
    blocks = DraftBlock.objects.filter(draft=draft).select_related(*related)
    return [block for block in blocks if name in variable_names(_words(block))]


def use_counts(blocks: Iterable[DraftBlock]) -> dict[str, dict[str, int]]:
    """Name → the label of a block → how often the words of such blocks use it: what a rename
    changes."""
    found: dict[str, dict[str, int]] = {}
    for block in blocks:
        label = content.BLOCK_LABELS[block.type]
        for token in tokens(_words(block)):
            if token.kind == "variable":
                places = found.setdefault(token.value, {})
                places[label] = places.get(label, 0) + 1
    return found


def _words(block: DraftBlock) -> str:
    rows = (text for row in block.rows for text in (row["input"], row["output"]))
    return "\n".join([block.title, block.body, *rows])
