"""Every write of the prompts' tables."""

from apps.prompts.actions.alternatives import (
    close_alternative,
    merge_alternative,
    merge_latest,
    open_alternative,
    rename_alternative,
    reopen_alternative,
)
from apps.prompts.actions.blocks import Saved, save_block, settle_conflict
from apps.prompts.actions.documents import write_document
from apps.prompts.actions.findings import dismiss_finding, show_finding_again
from apps.prompts.actions.imports import import_prompt
from apps.prompts.actions.lifecycle import (
    archive_prompt,
    deprecate_prompt,
    reactivate_prompt,
    restore_prompt,
)
from apps.prompts.actions.naming import remove_naming_rule, set_naming_rule
from apps.prompts.actions.owners import give_prompt
from apps.prompts.actions.paths import move_prompt
from apps.prompts.actions.presence import beat, leave, take_over_block
from apps.prompts.actions.prompts import change_prompt, create_prompt
from apps.prompts.actions.proposals import propose_snippet
from apps.prompts.actions.restoring import restore_step, restore_text
from apps.prompts.actions.samples import remove_sample, save_sample
from apps.prompts.actions.settings import change_output, change_schema, change_settings
from apps.prompts.actions.snippets import (
    archive_snippet,
    change_snippet,
    create_snippet,
    detach_block,
    pin_snippet,
    restore_snippet,
    share_block,
    update_pin,
)
from apps.prompts.actions.structure import (
    add_block,
    duplicate_block,
    move_block,
    order_blocks,
    put_back_block,
    remove_block,
    retype_block,
    switch_block,
    title_block,
)
from apps.prompts.actions.variables import (
    change_variable,
    declare_found_variables,
    declare_variable,
    remove_variable,
    respell_variable,
)
from apps.prompts.actions.variants import (
    add_variant,
    change_variant,
    first_variant,
    put_back_override,
    put_back_variant,
    remove_override,
    remove_variant,
    save_override,
    skip_override,
)
from apps.prompts.actions.versions import make_version, restore_version, take_over_draft
from apps.prompts.actions.visits import note_visit
from apps.prompts.imported import ImportedVersion

__all__ = [
    "ImportedVersion",
    "Saved",
    "add_block",
    "add_variant",
    "archive_prompt",
    "archive_snippet",
    "beat",
    "change_output",
    "change_prompt",
    "change_schema",
    "change_settings",
    "change_snippet",
    "change_variable",
    "change_variant",
    "close_alternative",
    "create_prompt",
    "create_snippet",
    "declare_found_variables",
    "declare_variable",
    "deprecate_prompt",
    "detach_block",
    "dismiss_finding",
    "duplicate_block",
    "first_variant",
    "give_prompt",
    "import_prompt",
    "leave",
    "make_version",
    "merge_alternative",
    "merge_latest",
    "move_block",
    "move_prompt",
    "note_visit",
    "open_alternative",
    "order_blocks",
    "pin_snippet",
    "propose_snippet",
    "put_back_block",
    "put_back_override",
    "put_back_variant",
    "reactivate_prompt",
    "remove_block",
    "remove_naming_rule",
    "remove_override",
    "remove_sample",
    "remove_variable",
    "remove_variant",
    "rename_alternative",
    "reopen_alternative",
    "respell_variable",
    "restore_prompt",
    "restore_snippet",
    "restore_step",
    "restore_text",
    "restore_version",
    "retype_block",
    "save_block",
    "save_override",
    "save_sample",
    "set_naming_rule",
    "settle_conflict",
    "share_block",
    "show_finding_again",
    "skip_override",
    "switch_block",
    "take_over_block",
    "take_over_draft",
    "title_block",
    "update_pin",
    "write_document",
]
