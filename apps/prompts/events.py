"""What of the prompts is written into the audit trail. Never prompt text: ids, numbers, hashes."""

from __future__ import annotations

from apps.audit.registry import declare

CREATED = declare("prompts.prompt.created", "{actor} created the prompt {target}", "path")
CHANGED = declare("prompts.prompt.changed", "{actor} changed the details of {target}", "path")
ARCHIVED = declare("prompts.prompt.archived", "{actor} archived {target}", "path", "live")
UNARCHIVED = declare("prompts.prompt.restored", "{actor} took {target} out of the archive", "path")
MOVED = declare(
    "prompts.prompt.moved",
    "{actor} moved {target} from {former} to {path}",
    "path",
    "former",
    "until",
    "namespaces",
)
GIVEN = declare(
    "prompts.prompt.given",
    "{actor} gave {target} to {owner}; it was with {former}",
    "path",
    "owner",
    "former",
)
DEPRECATED = declare(
    "prompts.prompt.deprecated", "{actor} deprecated {target}", "path", "successor", "sunset"
)
REACTIVATED = declare(
    "prompts.prompt.reactivated", "{actor} took back that {target} is deprecated", "path"
)
IMPORTED = declare(
    "prompts.prompt.imported",
    "{actor} imported {target}; versions: {versions}",
    "path",
    "versions",
)
NAMING_SET = declare(
    "prompts.naming.set", "{actor} set how prompts are named in {target}: {pattern}", "pattern"
)
NAMING_REMOVED = declare(
    "prompts.naming.removed", "{actor} removed how prompts are named in {target}", "pattern"
)
SNIPPET_CREATED = declare(
    "prompts.snippet.created", "{actor} made the snippet {target}", "path", "from_prompt"
)
SNIPPET_CHANGED = declare(
    "prompts.snippet.changed",
    "{actor} changed the snippet {target}; version: {number}",
    "path",
    "number",
    "snippet_id",
)
SNIPPET_ARCHIVED = declare(
    "prompts.snippet.archived", "{actor} archived the snippet {target}", "path"
)
SNIPPET_UNARCHIVED = declare(
    "prompts.snippet.restored", "{actor} took the snippet {target} out of the archive", "path"
)
VERSION_MADE = declare(
    "prompts.version.made",
    "{actor} saved {target} of {prompt}",
    "prompt",
    "prompt_id",
    "number",
    "content_hash",
)
VERSION_RESTORED = declare(
    "prompts.version.restored",
    "{actor} put {target} of {prompt} back into the draft",
    "prompt",
    "prompt_id",
    "number",
    "content_hash",
)
