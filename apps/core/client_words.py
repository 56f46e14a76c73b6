"""The sentences that the pages' script says, so that they are translated like all others."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

CLIENT_WORDS: dict[str, Any] = {
    "saving": _("Saving…"),
    "saved": _("Saved"),
    "saved_at": _("Saved %s"),
    "not_saved": _("Not saved, trying again"),
    "waiting": _("Not saved, %s changes waiting"),
    "waiting_one": _("Not saved, 1 change waiting"),
    "not_taken": _("Not saved, see the block"),
    "two_texts": _("Not saved, two texts"),
    "offline": _(
        "You are offline. What you type stays in this browser and is saved when you are back."
    ),
    "signed_out": _(
        "You are signed out. Your text stays here. Sign in, and it is saved by itself."
    ),
    "sign_in": _("Sign in in a new tab"),
    "try_again": _("Try again"),
    "gone": _(
        "This block is gone or no longer yours to edit. Your text is kept here until you copy it."
    ),
    "copy_text": _("Copy my text"),
    "copied": _("Copied"),
    "restored": _("Text that had not reached the server was put back and is being saved."),
    "found": _("%s found"),
    "chosen": _("%s chosen"),
    "failed": _("That did not work. Nothing was changed. Try again in a moment."),
    "slow": _("Galley cannot be reached. Check your connection and try again."),
    "unknown": _("Not declared: %s"),
    "meant": _("Did you mean %s?"),
    "add_unknown": _("Add variable"),
    "declared": _("%s is a variable now, a required text"),
    "variables": _("Variables"),
    "too_large": _(
        "With what you put in, this block would hold %s KiB; the most is 256 KiB. Nothing was "
        "changed. Put in a shorter text, or split it into several blocks."
    ),
    "left_out": _("%s characters that no model can read were left out of what you put in."),
    "left_out_one": _("1 character that no model can read was left out of what you put in."),
    "image": _(
        "Prompts are text, so the image was not put in. Describe it in words, or let your "
        "application send it along with the prompt."
    ),
    "no_text_file": _(
        "This file holds no plain text, so nothing was put in. Paste its words instead."
    ),
    "drop_on_text": _("Drop the file on the text of a block to put its words there."),
    "comment": _("1 comment"),
    "comments": _("%s comments"),
    "row_input": _("Input of example %s"),
    "row_output": _("Output of example %s"),
    "row_more": _("More for example %s"),
    "row_place": _("Example %s"),
    "row_deleted": _("Example %s deleted"),
    "row_help": _(
        "Enter goes to the next example, Shift Enter breaks the line, Alt Shift and an arrow "
        "move this example."
    ),
    "answer_ready": _("Answer ready, %s words"),
    "answer_ready_one": _("Answer ready, one word"),
    "answers_ready": _("All answers are here"),
    "answers_stopped": _("Stopped. What had come is kept."),
    "undo": _("Undo"),
    "dismiss": _("Dismiss"),
    "editor_help": _(
        "Type two braces for a variable. Control Enter goes to the next block, "
        "Alt Shift and an arrow move this one, Escape leaves the text."
    ),
}
