"""The draft's page as it is read: above the permissions, because it says whether one may write."""

from apps.prompts.editing.editor import Editor, editor, preview_of
from apps.prompts.editing.rows import (
    EditorBlock,
    Found,
    OutputRow,
    SampleRow,
    SampleValue,
    VariableRow,
    sample_row,
    variable_row,
)

__all__ = [
    "Editor",
    "EditorBlock",
    "Found",
    "OutputRow",
    "SampleRow",
    "SampleValue",
    "VariableRow",
    "editor",
    "preview_of",
    "sample_row",
    "variable_row",
]
