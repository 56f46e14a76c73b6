"""Which prompts an actor may see, and what belongs to one."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.composed import Composed
from apps.core.errors import require
from apps.core.numbers import whole
from apps.core.verdicts import not_visible
from apps.prompts.models import (
    Draft,
    DraftContributor,
    Prompt,
    PromptFormerPath,
    Version,
    VersionContributor,
)
from apps.teams import rights
from apps.teams.models import Capability, Namespace
from apps.teams.queries import managed_namespaces, visible_namespaces

SHARED = ""  # the name of the draft that people edit together


def visible_prompts(actor: Any) -> QuerySet[Prompt]:
    """The prompts in the namespaces given to an actor, and below. One query more, for the ids."""
    ids = rights.granted_ids(actor, Capability.VIEW)
    return Prompt.objects.filter(namespace__lineage__overlap=ids)


def prompt_for(actor: Any, path: str) -> Prompt:
    """The prompt at a path, or one that left it lately: who works on a page, or runs an automation,
    while it is renamed loses nothing. NotVisible when there is none that the actor may see."""
    rows = visible_prompts(actor).select_related(
        "namespace", "owner", "changed_by", "created_by", "successor"
    )
    prompt = None if "\0" in path else rows.filter(path=path).first() or led_on(rows, path)
    if prompt is None:
        require(not_visible())
    assert prompt is not None
    return prompt


def held_paths() -> QuerySet[PromptFormerPath]:
    """Former paths that still lead on to their prompt."""
    return PromptFormerPath.objects.filter(until__gt=timezone.now())


def led_on(rows: QuerySet[Prompt], path: str) -> Prompt | None:
    """The one of these to which a former path still leads on."""
    return rows.filter(former_paths__in=held_paths().filter(path=path)).first()


def writable_namespaces(actor: Any) -> QuerySet[Namespace]:
    """Where the actor may make prompts: never directly in the root."""
    ids = rights.granted_ids(actor, Capability.EDIT)
    return visible_namespaces(actor).filter(lineage__overlap=ids).exclude(path="").order_by("path")


def usual_namespace(actor: Any) -> Namespace | None:
    """Where the actor changed a prompt last, if they may make one there."""
    rows = Prompt.objects.filter(changed_by=actor, namespace__in=writable_namespaces(actor))
    last = rows.select_related("namespace").order_by("-changed_at").first()
    return last.namespace if last else None


def movable_namespaces(actor: Any) -> QuerySet[Namespace]:
    """Where the actor may move prompts to: what they manage, but the root."""
    return managed_namespaces(actor).exclude(path="").order_by("path")


def draft_of(prompt: Prompt) -> Draft:
    """The shared draft."""
    return prompt.drafts.select_related("prompt__namespace", "base").get(name=SHARED)


def draft_at(prompt: Prompt, typed: str | None) -> Draft:
    """The draft that an address names by its number; the shared one without a number. A draft that
    was put away is found too: what one does in it is refused with a sentence, not with a 404."""
    if not typed:
        return draft_of(prompt)
    rows = prompt.drafts.select_related("prompt__namespace", "base", "opened_by")
    draft = rows.filter(pk=whole(typed) or 0).first()
    if draft is None:
        require(not_visible(_("This prompt has no such draft.")))
    assert draft is not None
    return draft


def drafts_of(prompt: Prompt) -> QuerySet[Draft]:
    """Drafts kept under a name, the newest first."""
    return prompt.drafts.exclude(name=SHARED).select_related("base").order_by("-changed_at")


def versions_of(prompt: Prompt) -> QuerySet[Version]:
    """Newest first, without their content."""
    return prompt.versions.defer("content").select_related("author")


def version_of(prompt: Prompt, number: int) -> Version:
    version = prompt.versions.select_related("prompt__namespace", "author").filter(number=number)
    found = version.first()
    if found is None:
        require(not_visible())
    assert found is not None
    return found


def latest_version(prompt: Prompt) -> Version | None:
    return prompt.versions.select_related("author").first()


def contributors_between(prompt: Prompt, after: int, upto: int) -> set[int]:
    """Ids of the people who changed anything in the versions after `after`, up to `upto`."""
    return set(_CONTRIBUTORS.first_column(prompt.pk, after, upto))


def _contributors(prompt_id: int, after: int, upto: int) -> QuerySet[VersionContributor, int]:
    first, last = Value(after, IntegerField()), Value(upto, IntegerField())
    rows = VersionContributor.objects.filter(version__prompt_id=prompt_id)
    rows = rows.filter(version__number__gt=first, version__number__lte=last)
    return rows.values_list("person_id", flat=True)


_CONTRIBUTORS = Composed(_contributors, int, int, int)


def draft_contributors(draft: Draft) -> set[int]:
    """Ids of the people who changed the draft since its last version."""
    rows = DraftContributor.objects.filter(draft=draft)
    return set(rows.values_list("person_id", flat=True))
