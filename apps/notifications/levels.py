"""Who watches and who has muted what. The nearest word counts: on the prompt itself, else on the
closest namespace above it."""

from __future__ import annotations

from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Length

from apps.accounts.models import User
from apps.notifications.models import Following
from apps.prompts.models import Prompt
from apps.reviews.models import Thread
from apps.teams.models import Namespace

WATCH, MUTE = Following.Level.WATCH, Following.Level.MUTE


def levels_on(prompt: Prompt) -> dict[int, str]:
    """Id of a person → "watch" or "mute", for those who said something. One query."""
    lineage = prompt.namespace.lineage
    place = Q(prompt=prompt) | Q(namespace__in=lineage)
    rows = Following.objects.filter(place).values_list("person", "namespace", "level")

    def nearness(row: tuple[int, int | None, str]) -> int:
        return len(lineage) if row[1] is None else lineage.index(row[1])

    return {person: level for person, _place, level in sorted(rows, key=nearness)}


def level_of(person: User, prompt: Prompt) -> str:
    return levels_on(prompt).get(person.pk, "")


def nearest_level(person: User) -> Coalesce:
    """For a query of items: what the person said closest to the item's prompt, else "". A namespace
    above another has a lineage that is part of the other's."""
    above = Q(namespace__lineage__contained_by=OuterRef("prompt__namespace__lineage"))
    rows = Following.objects.filter(Q(prompt=OuterRef("prompt")) | above, person=person)
    nearest = rows.order_by(
        F("prompt").asc(nulls_last=True), Length("namespace__path").desc(nulls_last=True)
    )
    return Coalesce(Subquery(nearest.values("level")[:1]), Value(""))


def muted_threads(person: User, prompt: Prompt) -> set[int]:
    """Ids of the conversations on this prompt that the person muted."""
    rows = Following.objects.filter(person=person, thread__prompt=prompt)
    return {pk for pk in rows.values_list("thread", flat=True) if pk is not None}


def who_muted(thread: Thread) -> set[int]:
    return set(Following.objects.filter(thread=thread).values_list("person", flat=True))


def in_muted_thread(person: User) -> Exists:
    """For a query of items: what a conversation brought before the person muted it."""
    rows = Following.objects.filter(person=person, thread=OuterRef("comment__thread"))
    return Exists(rows.filter(at__gte=OuterRef("created_at")))


def own_level(person: User, place: Prompt | Namespace | Thread) -> str:
    """What the person said about exactly this place; "" for nothing."""
    key = {Prompt: "prompt", Namespace: "namespace", Thread: "thread"}[type(place)]
    row = Following.objects.filter(person=person, **{key: place}).first()
    return row.level if row else ""
