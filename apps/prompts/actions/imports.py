"""A prompt with its past comes in from another place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from apps.audit.trail import record
from apps.core.actions import governed
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.core.verdicts import not_possible
from apps.prompts import content, events
from apps.prompts.actions.desk import Desk
from apps.prompts.actions.paths import _free_path, _take_path
from apps.prompts.entrance import MAX_NAME, clean_line, clean_tags, clean_text
from apps.prompts.imported import Coming, ImportedVersion, coming_versions
from apps.prompts.models import Draft, Prompt, Version, VersionContributor
from apps.prompts.permissions import can_import_prompt, is_in_use
from apps.prompts.queries.documents import draft_document, version_document
from apps.prompts.queries.prompts import draft_of
from apps.teams.models import Namespace


@governed
def import_prompt(
    namespace: Namespace,
    *,
    segment: str,
    name: str,
    versions: Sequence[ImportedVersion],
    tags: Iterable[str] = (),
    actor: Any,
) -> tuple[Prompt, int]:
    """Bring in the versions that are not here yet, in order; how many there were.

    What was imported before is known by its content. Raises NotPossible "nothing_to_import" when
    all of it is here, "path_taken" when the prompt at that path never was an import, "archived"
    when it is in the archive, and Invalid for content that cannot be a version (then nothing is
    brought in).
    """
    cleaned = {"name": clean_line("name", name, MAX_NAME, required=True), "tags": clean_tags(tags)}
    place = Namespace.objects.select_for_update(no_key=True, of=("self",)).get(pk=namespace.pk)
    require(can_import_prompt(actor, place))
    prompt = _prompt_at(place, segment, cleaned)
    fresh = _coming(prompt, versions)
    if not fresh:
        sentence = _("Every version of “%(prompt)s” is here already.") % {"prompt": prompt}
        require(not_possible("nothing_to_import", sentence))
    added = _add(prompt, fresh, actor)
    touch("prompt", prompt.pk)
    record(
        events.IMPORTED,
        actor=actor,
        target=prompt,
        namespace=place,
        path=prompt.path,
        versions=len(added),
    )
    return prompt, len(added)


def _prompt_at(place: Namespace, segment: str, details: dict[str, Any]) -> Prompt:
    path = f"{place.path}/{segment}".lstrip("/")
    if place.is_root:
        raise Invalid({"segment": [_("A prompt needs a namespace.")]})
    if sentence := content.check_segment(segment) or content.check_path(path):
        raise Invalid({"segment": [sentence]})
    if Namespace.objects.filter(path=path).exists():
        sentence = _("There is a namespace at %(path)s, so no prompt can be there.")
        require(not_possible("path_taken", sentence % {"path": path}))
    found = Prompt.objects.filter(path=path).first()
    if found is None:
        _take_path(_free_path(place, segment))
        prompt = Prompt(namespace=place, path=path, **details)
        prompt.save()
        Desk.save_quietly(Draft(prompt=prompt))
        return prompt
    locked = Desk.lock(found.pk)
    if not locked.versions.exclude(original_at=None).exists():
        sentence = _("There is another prompt at %(path)s, which was not imported.")
        require(not_possible("path_taken", sentence % {"path": path}))
    require(is_in_use(locked))
    return locked


def _coming(prompt: Prompt, versions: Sequence[ImportedVersion]) -> list[Coming]:
    known = prompt.versions.order_by("number").values_list("content_hash", flat=True)
    try:
        return coming_versions(list(known), versions)
    except content.ContentError as error:
        raise Invalid({"versions": [problem.sentence for problem in error.problems]}) from error


def _add(prompt: Prompt, fresh: Sequence[Coming], actor: Any) -> list[Version]:
    desk = Desk.over(prompt, draft_of(prompt), actor)
    base = desk.draft.base
    untouched = base is None or draft_document(desk.draft) == version_document(base)
    number = prompt.versions.count()
    added = [_write(prompt, number + place, coming, actor) for place, coming in enumerate(fresh, 1)]
    if untouched:
        desk.replace_content(fresh[-1].version.document)
        desk.draft.base = added[-1]
        desk.draft.revision += 1
        desk.draft.save()
    desk.mark_prompt()
    return added


def _write(prompt: Prompt, number: int, coming: Coming, actor: Any) -> Version:
    """Who imports changes the text, so may not approve it; what the source said is kept as such."""
    source = coming.version
    person = Desk.person_of(actor)
    version = Version(
        prompt=prompt,
        number=number,
        content=coming.data,
        content_hash=coming.digest,
        reason=clean_text("reason", source.reason),
        author=person,
        original_author=clean_line("author", source.author, 200),
        original_at=source.at,
    )
    version.save()
    if person:
        VersionContributor(version=version, person=person).save()
    return version
