"""Which variables a draft's text uses, and where."""

from __future__ import annotations

from apps.prompts.compile import used_variables
from apps.prompts.models import Draft, DraftBlock
from apps.prompts.placeholders import variable_names
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


def _words(block: DraftBlock) -> str:
    rows = (text for row in block.rows for text in (row["input"], row["output"]))
    return "\n".join([block.title, block.body, *rows])
