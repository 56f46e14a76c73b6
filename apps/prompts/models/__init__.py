from apps.prompts.models.drafts import (
    ConflictCopy,
    Draft,
    DraftBlock,
    DraftContributor,
    DraftVariable,
    Presence,
)
from apps.prompts.models.findings import Dismissal
from apps.prompts.models.naming import NamingRule
from apps.prompts.models.prompts import (
    Prompt,
    PromptFormerPath,
    Sample,
    Version,
    VersionContributor,
    Visit,
)
from apps.prompts.models.snippets import Snippet, SnippetVersion

__all__ = [
    "ConflictCopy",
    "Dismissal",
    "Draft",
    "DraftBlock",
    "DraftContributor",
    "DraftVariable",
    "NamingRule",
    "Presence",
    "Prompt",
    "PromptFormerPath",
    "Sample",
    "Snippet",
    "SnippetVersion",
    "Version",
    "VersionContributor",
    "Visit",
]
