"""What a person watches or has muted, as a list; and the places that can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.notifications.levels import MUTE
from apps.notifications.models import Following
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts
from apps.reviews.models import Thread
from apps.teams.models import Namespace
from apps.teams.queries import visible_namespaces


@dataclass(frozen=True)
class Followed:
    pk: int
    level: str
    name: str
    words: str


def followed(person: User) -> list[Followed]:
    """By path. A place that one may not see any more has no name, and can be let go."""
    joined = ("prompt", "namespace", "thread__prompt")
    rows = Following.objects.filter(person=person).select_related(*joined)
    prompts = set(visible_prompts(person).values_list("pk", flat=True))
    spaces = set(visible_namespaces(person).values_list("pk", flat=True))
    found = [_row(row, prompts, spaces) for row in rows]
    return sorted(found, key=lambda row: row.name)


def _row(row: Following, prompts: set[int], spaces: set[int]) -> Followed:
    prompt = row.thread.prompt if row.thread else row.prompt
    place = prompt or row.namespace
    assert place is not None
    is_visible = place.pk in (prompts if prompt else spaces)
    name = place.path if is_visible else _("A place that you may not see any more")
    if row.thread is not None:
        return Followed(row.pk, row.level, name, _about(row.thread, is_visible))
    words = {
        (True, True): _("Muted: nothing of this prompt comes to you."),
        (True, False): _("Muted: nothing from there comes to you, but for watched prompts."),
        (False, True): _("Watched: everything about this prompt comes to you."),
        (False, False): _("Watched: everything there and below comes to you."),
    }[row.level == MUTE, row.prompt_id is not None]
    return Followed(row.pk, row.level, name, words)


def _about(thread: Thread, is_visible: bool) -> str:
    if is_visible and thread.block_label:
        said = _("Muted: the conversation on %(block)s. A mention of you still comes.")
        return said % {"block": thread.block_label}
    return _("Muted: one conversation. A mention of you still comes.")


def places(person: User, limit: int = 300) -> list[str]:
    """Paths to choose from, namespaces first."""
    spaces = visible_namespaces(person).exclude(path="").order_by("path")
    prompts = visible_prompts(person).order_by("path")
    names = [*spaces.values_list("path", flat=True), *prompts.values_list("path", flat=True)]
    return names[:limit]


def place_at(person: User, path: str) -> Prompt | Namespace | None:
    """Prompts and namespaces share one space of names."""
    prompt = visible_prompts(person).select_related("namespace").filter(path=path).first()
    if prompt is not None:
        return prompt
    return visible_namespaces(person).exclude(path="").filter(path=path).first()
