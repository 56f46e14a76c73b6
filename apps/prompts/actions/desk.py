"""One locked prompt and one of its drafts, open for one actor inside an action.

Every action that changes a draft takes the prompt's row lock first, so that two of them never wait
for each other in a ring. Namespace before prompt, prompt before everything else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.actors import people_behind, person_behind
from apps.core.errors import require
from apps.core.history import as_actor
from apps.core.live import touch
from apps.prompts import content
from apps.prompts.models import (
    Draft,
    DraftBlock,
    DraftContributor,
    DraftVariable,
    Prompt,
    SnippetVersion,
)
from apps.prompts.permissions import can_edit_draft
from apps.prompts.queries.documents import SETTINGS
from apps.prompts.queries.snippets import pinned_version, writers_brought


@dataclass
class Desk:
    prompt: Prompt
    draft: Draft
    actor: Any
    now: datetime
    writer: Any = None  # whose words they are, where the actor only put them in

    @staticmethod
    def lock(pk: int) -> Prompt:
        """The prompt, locked until the transaction ends."""
        rows = Prompt.objects.select_for_update(no_key=True, of=("self",))
        return rows.select_related("namespace").get(pk=pk)

    @staticmethod
    def person_of(actor: Any) -> Any:
        """The acting person, or the owner of the acting key; None for the system."""
        return person_behind(actor)

    @staticmethod
    def save_quietly(row: Draft | Prompt, *fields: str) -> None:
        """Without a step in the history: a new row whose first step follows, or a moment."""
        save: Any = row.save_without_historical_record  # type: ignore[union-attr]
        save(**({"update_fields": fields} if fields else {}))

    @classmethod
    def at(cls, draft: Draft, actor: Any) -> Desk:
        """Lock, then ask: raises NotVisible, NotAllowed or NotPossible."""
        desk = cls.over(cls.lock(draft.prompt_id), Draft.objects.get(pk=draft.pk), actor)
        require(can_edit_draft(actor, desk.draft))
        return desk

    @classmethod
    def over(cls, prompt: Prompt, draft: Draft, actor: Any) -> Desk:
        """For an action that holds the lock and has asked already."""
        draft.prompt = prompt
        return cls(prompt, draft, actor, timezone.now())

    def block(self, block: DraftBlock) -> DraftBlock:
        """The block as it is now, read under the lock."""
        fresh = DraftBlock.objects.select_related("changed_by").get(pk=block.pk, draft=self.draft)
        fresh.draft = self.draft
        return fresh

    def write(self, block: DraftBlock) -> None:
        """Save a changed text: the next revision."""
        block.revision += 1
        self.keep(block)

    def keep(self, block: DraftBlock) -> None:
        """Save a block whose text is the same."""
        block.changed_at, block.changed_by = self.now, self.writer or self.person_of(self.actor)
        if self.writer is None:
            block.save()
            return
        reason = _("Suggested; accepted by %(name)s") % {"name": self.actor}
        with as_actor(self.writer, reason):
            block.save()

    def new_block(self, part: dict[str, Any]) -> DraftBlock:
        """Write a block of a document into the draft; its place is the caller's."""
        block = DraftBlock(
            draft=self.draft,
            key=uuid.UUID(part["key"]),
            type=part["type"],
            changed_at=self.now,
            changed_by=self.person_of(self.actor),
            snippet_version=pinned_version(part),
            **_texts_of(part),
        )
        block.save()
        self.credit_pin(block.snippet_version)
        return block

    def order(self, keys: Iterable[uuid.UUID]) -> None:
        self.draft.order = list(keys)
        self.finish(structure=True)

    def finish(self, *, structure: bool = False, text: DraftBlock | None = None) -> None:
        """Note who changed what, when. `structure`: order, settings or variables changed; `text`:
        the one block whose words did. Open pages are told which, with the revision it has now."""
        self.draft.changed_at = self.now
        if structure:
            self.draft.revision += 1
            self.draft.save()
        else:
            self.save_quietly(self.draft, "changed_at")
        self.mark_prompt()
        self.credit(person.pk for person in people_behind(self.actor))
        if self.writer is not None:
            self.credit({self.writer.pk})
        part = f"{text.key}:{text.revision}" if text else f":{self.draft.revision}"
        touch("draft", self.draft.pk, part)

    def credit(self, people: Iterable[int]) -> None:
        """Ids of those whose words are in the draft now, whoever put them there: none of them may
        approve what becomes of it."""
        rows = [DraftContributor(draft=self.draft, person_id=pk) for pk in sorted(people)]
        DraftContributor.objects.bulk_create(rows, ignore_conflicts=True)

    def credit_pin(self, version: SnippetVersion | None) -> None:
        """Whoever wrote what a pin brings in that the last version does not hold."""
        if version is not None:
            self.credit(writers_brought(version, self.draft.base))

    def mark_prompt(self) -> None:
        self.prompt.changed_at, self.prompt.changed_by = self.now, self.person_of(self.actor)
        self.save_quietly(self.prompt, "changed_at", "changed_by")

    def replace_content(self, document: content.Document) -> None:
        """Make the draft say what a document says. Rows of blocks with a known key are reused."""
        known = {str(block.key): block for block in self.draft.blocks.all()}
        wanted = {part["key"] for part in document["blocks"]}
        for key, block in known.items():
            if key not in wanted and block.removed_at is None:
                block.removed_at = self.now
                self.keep(block)
        for part in document["blocks"]:
            self._put(known.get(part["key"]), part)
        self._replace_variables(document["variables"])
        self.draft.order = [uuid.UUID(part["key"]) for part in document["blocks"]]
        self.draft.settings = {name: document[name] for name in SETTINGS}

    def _put(self, block: DraftBlock | None, part: dict[str, Any]) -> None:
        if block is None:
            self.new_block(part)
            return
        pin = pinned_version(part)
        wanted = {"type": part["type"], "removed_at": None, **_texts_of(part)}
        wanted["snippet_version_id"] = pin.pk if pin else None
        if pin is not None and block.snippet_version_id != pin.pk:
            self.credit_pin(pin)
        if any(getattr(block, name) != value for name, value in wanted.items()):
            for name, value in wanted.items():
                setattr(block, name, value)
            self.write(block)

    def _replace_variables(self, parts: list[dict[str, Any]]) -> None:
        for variable in self.draft.variables.all():
            variable.delete()
        for position, part in enumerate(parts):
            DraftVariable(draft=self.draft, position=position, **part).save()


def _texts_of(part: dict[str, Any]) -> dict[str, Any]:
    """The columns of a block that its part of a document fills."""
    return {
        "title": part["title"],
        "body": part["body"],
        "enabled": part["enabled"],
        "rows": part.get("rows", []),
        "rows_as": part.get("as", "messages"),
    }
