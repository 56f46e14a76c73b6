"""Drafts with a name: opened beside the shared one, put away, brought back, and taken in.

Nothing is ever deleted: a closed alternative keeps its words and its history, and what a draft
said before it took something in is kept as a draft of its own.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.prompts import content
from apps.prompts.actions.desk import Desk
from apps.prompts.actions.versions import _keep_unsaved
from apps.prompts.entrance import clean_line, raise_problems
from apps.prompts.merge_documents import Answers
from apps.prompts.models import Draft, Prompt, Version
from apps.prompts.permissions import can_edit_prompt
from apps.prompts.queries.documents import draft_document, version_document
from apps.prompts.queries.merging import Meeting, meets_alternative, meets_latest
from apps.prompts.queries.prompts import (
    SHARED,
    contributors_between,
    draft_contributors,
    draft_of,
    latest_version,
)

MAX_NAME = 80
MAX_OPEN = 50


@working
def open_alternative(
    prompt: Prompt, *, name: str, version: Version | None = None, actor: Any
) -> Draft:
    """A draft of its own that begins as the shared one, or as an old version. Raises Invalid for
    a name that another draft of the prompt has, closed ones too."""
    cleaned = clean_line("name", name, MAX_NAME, required=True)
    locked = Desk.lock(prompt.pk)
    require(can_edit_prompt(actor, locked))
    _require_free(locked, cleaned)
    if (
        locked.drafts.exclude(name=SHARED).filter(closed_at=None, opened_by__isnull=False).count()
        >= MAX_OPEN
    ):
        sentence = _("%(most)s drafts are open beside the shared one. Close some of them first.")
        require(not_possible("too_many_drafts", sentence % {"most": MAX_OPEN}))
    shared = draft_of(locked)
    draft = Draft(prompt=locked, name=cleaned, base=version or shared.base)
    draft.opened_by = Desk.person_of(actor)
    Desk.save_quietly(draft)
    desk = Desk.over(locked, draft, actor)
    desk.replace_content(version_document(version) if version else draft_document(shared))
    draft.save()
    desk.credit(_writers(locked, shared, version))
    touch("prompt", locked.pk)
    return draft


def _writers(prompt: Prompt, shared: Draft, version: Version | None) -> set[int]:
    """Whose words the new draft begins with, beyond those of its version."""
    if version is None:
        return draft_contributors(shared)
    return contributors_between(prompt, version.number - 1, version.number)


def _require_free(prompt: Prompt, name: str, but: int = 0) -> None:
    if prompt.drafts.exclude(pk=but).filter(name__iexact=name).exists():
        sentence = _(
            "There is a draft “%(name)s” already, perhaps a closed one. Choose another name."
        )
        raise Invalid({"name": [sentence % {"name": name}]})


def _alternative(draft: Draft, actor: Any) -> Draft:
    """Read under the prompt's lock; the shared draft has no name, and cannot be closed."""
    prompt = Desk.lock(draft.prompt_id)
    require(can_edit_prompt(actor, prompt))
    current = Draft.objects.get(pk=draft.pk, prompt=prompt)
    current.prompt = prompt
    if current.name == SHARED:
        require(not_possible("shared_draft", _("This is the shared draft: it stays as it is.")))
    return current


@working
def rename_alternative(draft: Draft, *, name: str, actor: Any) -> Draft:
    cleaned = clean_line("name", name, MAX_NAME, required=True)
    current = _alternative(draft, actor)
    _require_free(current.prompt, cleaned, current.pk)
    current.name = cleaned
    return _kept(current)


@working
def close_alternative(draft: Draft, *, actor: Any) -> Draft:
    """Put away: it can be read and opened again, and not be changed meanwhile."""
    current = _alternative(draft, actor)
    if current.closed_at is None:
        current.closed_at = Desk.over(current.prompt, current, actor).now
        _kept(current)
    return current


@working
def reopen_alternative(draft: Draft, *, actor: Any) -> Draft:
    current = _alternative(draft, actor)
    if current.closed_at is not None:
        current.closed_at = None
        _kept(current)
    return current


def _kept(draft: Draft) -> Draft:
    draft.save()
    touch("draft", draft.pk)
    touch("prompt", draft.prompt_id)
    return draft


@working
def merge_latest(draft: Draft, *, seen: str, answers: Answers, actor: Any) -> Draft:
    """The draft takes in what changed up to the latest version, and begins from that one then.
    `seen` is the Meeting that the answers are about. Invalid when it moved on, or was not wholly
    answered."""
    desk = Desk.at(draft, actor)
    meeting = meets_latest(desk.draft)
    if meeting is None:
        return desk.draft
    latest = latest_version(desk.prompt)
    _take_in(desk, meeting, seen, answers, str(latest))
    desk.draft.base = latest
    desk.finish(structure=True)
    return desk.draft


@working
def merge_alternative(alternative: Draft, *, seen: str, answers: Answers, actor: Any) -> Draft:
    """The shared draft takes the alternative in, with credit to its writers; then it is closed."""
    source = _alternative(alternative, actor)
    desk = Desk.over(source.prompt, draft_of(source.prompt), actor)
    meeting = meets_alternative(desk.draft, source)
    _take_in(desk, meeting, seen, answers, source.name[:30])
    if _number(source.base) > _number(desk.draft.base):
        desk.draft.base = source.base
    desk.finish(structure=True)
    desk.credit(draft_contributors(source))
    close_alternative(source, actor=actor)
    return desk.draft


def _number(version: Version | None) -> int:
    return 0 if version is None else version.number


def _take_in(desk: Desk, meeting: Meeting, seen: str, answers: Answers, name: str) -> None:
    if meeting.seen != seen:
        raise Invalid(_("One of the texts changed meanwhile. Your choices are kept: look again."))
    merged = meeting.merged(answers)
    if merged.open:
        sentence = _("Choose a text for each place where both changed: %(n)s are left.")
        raise Invalid(sentence % {"n": len(merged.open)})
    document = content.normalise_document(merged.document)
    raise_problems(content.check_content(document), "")
    if document != meeting.mine:
        _keep_unsaved(desk, _("Before merging %(name)s") % {"name": name})
        desk.replace_content(document)
