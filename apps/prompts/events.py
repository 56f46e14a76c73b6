"""What of the prompts is written into the audit trail. Never prompt text: ids, numbers, hashes."""

from __future__ import annotations

from apps.audit.registry import declare

CREATED = declare("prompts.prompt.created", "{actor} created the prompt {target}", "path")
CHANGED = declare("prompts.prompt.changed", "{actor} changed the details of {target}", "path")
ARCHIVED = declare("prompts.prompt.archived", "{actor} archived {target}", "path")
UNARCHIVED = declare("prompts.prompt.restored", "{actor} took {target} out of the archive", "path")
IMPORTED = declare(
    "prompts.prompt.imported",
    "{actor} imported {target}; versions: {versions}",
    "path",
    "versions",
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
