"""A draft becomes a version; an old version becomes the draft again."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed, working
from apps.core.actors import people_behind
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.prompts import content, events
from apps.prompts.actions.desk import Desk
from apps.prompts.content import BLOCK_LABELS
from apps.prompts.entrance import clean_reason, clean_text
from apps.prompts.models import Draft, DraftContributor, Prompt, Version, VersionContributor
from apps.prompts.permissions import can_edit_prompt, can_make_version, can_restore_version
from apps.prompts.queries.documents import draft_document, version_document
from apps.prompts.queries.prompts import (
    SHARED,
    contributors_between,
    draft_contributors,
    draft_of,
    latest_version,
)


@governed
def make_version(draft: Draft, *, reason: str, actor: Any) -> Version:
    """The next number, under the prompt's lock, so that numbers have no gaps.

    Raises Invalid without a reason or for content that cannot be a version, and NotPossible
    ("nothing_changed") when it says what the last version says.
    """
    why = clean_reason(reason)
    prompt = Desk.lock(draft.prompt_id)
    current = Draft.objects.get(pk=draft.pk)
    current.prompt = prompt
    require(can_make_version(actor, current))
    document = draft_document(current)
    _require_document(document)
    version = _next_version(prompt, document)
    version.reason, version.author = why, Desk.person_of(actor)
    version.save()
    _credit(version, draft_contributors(current), actor)
    DraftContributor.objects.filter(draft=current).delete()
    current.base = version
    current.save()
    touch("prompt", prompt.pk)
    record(
        events.VERSION_MADE,
        actor=actor,
        target=version,
        namespace=prompt.namespace,
        reason=why,
        **_facts(version),
    )
    return version


def _require_document(document: content.Document) -> None:
    """Invalid with one sentence a problem, each naming its block."""
    problems = content.check_content(document)
    if problems:
        raise Invalid({"": [f"{_where(document, path)}{text}" for path, text in problems[:20]]})


def _where(document: content.Document, path: str) -> str:
    parts = path.split("/")
    if parts[0] != "blocks" or len(parts) < 2:
        return ""
    block = document["blocks"][int(parts[1])]
    return f"{BLOCK_LABELS[block['type']]}, block {int(parts[1]) + 1}: "


def _next_version(prompt: Prompt, document: content.Document) -> Version:
    data = content.canonical_bytes(document)
    digest = content.content_hash(data)
    last = latest_version(prompt)
    if last is not None and last.content_hash == digest:
        sentence = _("Nothing changed since %(version)s, so there is no new version to save.")
        require(not_possible("nothing_changed", sentence % {"version": last}, number=last.number))
    number = 1 if last is None else last.number + 1
    return Version(prompt=prompt, number=number, content=data, content_hash=digest)


def _credit(version: Version, people: set[int], actor: Any) -> None:
    """Who may not approve it: everyone who changed the draft, and who made the version."""
    ids = people | {person.pk for person in people_behind(actor)}
    VersionContributor.objects.bulk_create(
        VersionContributor(version=version, person_id=pk) for pk in sorted(ids)
    )


def _facts(version: Version) -> dict[str, Any]:
    return {
        "prompt": version.prompt.path,
        "prompt_id": version.prompt_id,
        "number": version.number,
        "content_hash": version.content_hash,
    }


@governed
def restore_version(version: Version, *, reason: str = "", actor: Any) -> Draft:
    """The shared draft says again what an old version said; nothing is rewritten.

    What the draft said, if no version says it, is kept as a draft with a name.
    """
    why = clean_text("reason", reason).strip()
    prompt = Desk.lock(version.prompt_id)
    require(can_restore_version(actor, version))
    desk = Desk.over(prompt, draft_of(prompt), actor)
    _keep_unsaved(desk, _("Before restoring %(version)s") % {"version": version})
    desk.replace_content(version_document(version))
    desk.draft.base = latest_version(prompt)
    desk.finish(structure=True)
    desk.credit(contributors_between(prompt, version.number - 1, version.number))
    record(
        events.VERSION_RESTORED,
        actor=actor,
        target=version,
        namespace=prompt.namespace,
        reason=why,
        **_facts(version),
    )
    return desk.draft


@working
def take_over_draft(draft: Draft, *, actor: Any) -> Draft:
    """A kept draft's text becomes the shared draft's; the shared one's text is kept in turn."""
    prompt = Desk.lock(draft.prompt_id)
    require(can_edit_prompt(actor, prompt))
    kept = Draft.objects.get(pk=draft.pk, prompt=prompt)
    desk = Desk.over(prompt, draft_of(prompt), actor)
    if kept.name == SHARED:
        return desk.draft
    document = draft_document(kept)
    _keep_unsaved(desk, _("Before taking “%(name)s”") % {"name": kept.name[:30]})
    desk.replace_content(document)
    desk.finish(structure=True)
    desk.credit(draft_contributors(kept))
    return desk.draft


def _keep_unsaved(desk: Desk, name: str) -> None:
    """A copy of the draft under a name, unless the version that it began from says the same."""
    document = draft_document(desk.draft)
    base = desk.draft.base
    if base is not None and document == version_document(base):
        return
    copy = Draft(prompt=desk.prompt, name=_free_name(desk.prompt, name), base=base)
    Desk.save_quietly(copy)
    shelf = Desk.over(desk.prompt, copy, desk.actor)
    shelf.replace_content(document)
    shelf.draft.save()
    shelf.credit(draft_contributors(desk.draft))


def _free_name(prompt: Prompt, name: str) -> str:
    """Drafts of a prompt have different names: the moment is added, then a number."""
    moment = date_format(timezone.localtime(), "j M Y, H:i")
    wanted = f"{name}, {moment}"
    taken = set(prompt.drafts.values_list("name", flat=True))
    numbers = (f"{wanted} ({count})" for count in range(2, len(taken) + 3))
    return next(free for free in (wanted, *numbers) if free not in taken)
