"""How block types and states are shown: their words, icon and tone. No rules."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Block type → name for people, icon of the sprite.
BLOCKS: dict[str, tuple[Any, str]] = {
    "role": (_("Role"), "role"),
    "context": (_("Context"), "context"),
    "instructions": (_("Instructions"), "instructions"),
    "guardrails": (_("Guardrails"), "guardrails"),
    "examples": (_("Examples"), "examples"),
    "output_format": (_("Output format"), "output"),
    "output": (_("Output format"), "output"),
    "input": (_("Input"), "input"),
    "custom": (_("Custom"), "custom"),
    "note": (_("Note"), "note"),
}

BLOCK_PURPOSES: dict[str, Any] = {
    "role": _("Who the model is and whom it serves"),
    "context": _("Facts the model needs and cannot know"),
    "instructions": _("What to do, step by step"),
    "guardrails": _("What must never happen"),
    "examples": _("Good answers to copy the manner of"),
    "output_format": _("The shape of the answer"),
    "input": _("What the user says, as the model gets it"),
    "custom": _("Anything else that is sent"),
    "note": _("For your team, never sent"),
}

# One line as somebody would write it, for whoever meets the type for the first time.
BLOCK_EXAMPLES: dict[str, Any] = {
    "role": _("You answer for the support of a bank."),
    "context": _("A blocked card can be freed for a day."),
    "instructions": _("Read it all, then choose one queue."),
    "guardrails": _("Never repeat a full card number."),
    "examples": _("“My card is gone” → block now"),
    "output_format": _("One word, or fields for a program"),
    "input": _("The message: {{message}}"),
    "custom": _("Write to somebody who reads on a phone."),
    "note": _("Ask the lawyers before limits change."),
}

# State → icon, tone (a colour class), words. A status is always all three.
STATUSES: dict[str, tuple[str, str, Any]] = {
    "run_pass": ("ok", "ok", _("Passes")),
    "run_fail": ("fail", "bad", _("Fails")),
    "run_newly": ("fail", "bad", _("Newly fails")),
    "run_fixed": ("ok", "ok", _("Fixed")),
    "run_open": ("circle", "muted", _("Not judged yet")),
    "run_not_run": ("circle", "muted", _("Could not run")),
    "run_could_not_run": ("circle", "muted", _("Could not run")),
    "run_cancelled": ("circle", "muted", _("Cancelled")),
    "run_waiting": ("circle", "muted", _("Waits")),
    "update_worse": ("down", "bad", _("Gets worse")),
    "update_better": ("ok", "ok", _("Gets better")),
    "update_unchanged": ("ok", "muted", _("Unchanged")),
    "update_unclear": ("circle", "muted", _("Cannot be told")),
    "update_untested": ("warn", "warn", _("No test")),
    "update_waits": ("clock", "muted", _("Still runs")),
    "update_running": ("clock", "acc", _("Runs")),
    "update_done": ("ok", "ok", _("Done")),
    "update_cancelled": ("circle", "muted", _("Cancelled")),
    "draft": ("pencil", "muted", _("Draft")),
    "active": ("ok", "ok", _("Active")),
    "open": ("reviews", "acc", _("In review")),
    "in_review": ("reviews", "acc", _("In review")),
    "changes_requested": ("undo", "warn", _("Changes requested")),
    "approved": ("ok", "ok", _("Approved")),
    "released": ("ok", "ok", _("Released")),
    "live": ("ok", "ok", _("Live")),
    "rolling_out": ("clock", "acc", _("Rolling out")),
    "experiment": ("experiments", "acc", _("In an experiment")),
    "break_glass": ("warn", "bad", _("Released without its gates")),
    "rolled_back": ("undo", "warn", _("Rolled back")),
    "overtaken": ("swap", "warn", _("Overtaken")),
    "withdrawn": ("x", "muted", _("Withdrawn")),
    "deprecated": ("flag", "warn", _("Deprecated")),
    "archived": ("archive", "muted", _("Archived")),
    "waiting": ("clock", "acc", _("Waiting")),
    "invited": ("mail", "muted", _("Invited")),
    "inactive": ("ban", "muted", _("Switched off")),
    "retired": ("ban", "muted", _("Retired")),
    "revoked": ("ban", "bad", _("Revoked")),
    "expired": ("clock", "warn", _("Expired")),
    "passed": ("ok", "ok", _("Passed")),
    "missing": ("clock", "acc", _("Missing")),
    "failed": ("warn", "bad", _("Failed")),
}
