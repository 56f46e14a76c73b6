"""How a person wants to be told: by kind of event, and by place. One's own preferences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actions import working
from apps.core.errors import Invalid, require
from apps.core.live import touch
from apps.notifications.choices import ways_of
from apps.notifications.kinds import DEFAULTS, Kind, Way
from apps.notifications.models import Following, NoticeChoice
from apps.prompts.models import Prompt
from apps.reviews.models import Thread
from apps.teams.models import Capability, Namespace
from apps.teams.permissions import can


@working
def choose_ways(chosen: Mapping[Kind, Way], *, actor: User) -> None:
    """Keep what differs from the defaults; a default that changes later reaches the others."""
    for kind, way in chosen.items():
        if way.email not in NoticeChoice.Email.values:
            raise Invalid({kind: [_("Choose no e-mail, at once, or the daily digest.")]})
        if way == DEFAULTS[kind]:
            NoticeChoice.objects.filter(person=actor, kind=kind).delete()
        else:
            NoticeChoice.objects.update_or_create(
                person=actor, kind=kind, defaults={"inbox": way.inbox, "email": way.email}
            )


@working
def stop_mail(kinds: Iterable[Kind], *, actor: User) -> None:
    """No more e-mail about these kinds; the inbox goes on as it is."""
    have = ways_of(actor)
    choose_ways(
        {kind: Way(have[kind].inbox, NoticeChoice.Email.NONE) for kind in kinds}, actor=actor
    )


@working
def follow_prompt(prompt: Prompt, *, level: str, actor: User) -> None:
    """Watch or mute one prompt; "" takes the word back."""
    require(can(actor, Capability.VIEW, prompt))
    _follow(actor, level, prompt=prompt)


@working
def follow_namespace(namespace: Namespace, *, level: str, actor: User) -> None:
    """Watch or mute everything in a namespace and below; "" takes the word back."""
    require(can(actor, Capability.VIEW, namespace))
    _follow(actor, level, namespace=namespace)


@working
def follow_thread(thread: Thread, *, level: str, actor: User) -> None:
    """Mute one conversation: what it brought is quiet, and answers in it do not come any more. Who
    is named in it later is told all the same. "" takes the word back."""
    require(can(actor, Capability.VIEW, thread.prompt))
    if level == Following.Level.WATCH:
        raise Invalid({"level": [_("A conversation is muted or not. Watch its prompt instead.")]})
    if level:
        Following.objects.filter(person=actor, thread=thread).delete()  # muted anew: from now on
    _follow(actor, level, thread=thread)


@working
def stop_following(pk: int, *, actor: User) -> None:
    """Take back what one said about a place, also one that one may not see any more."""
    Following.objects.filter(pk=pk, person=actor).delete()
    touch("person", actor.pk)


def _follow(actor: User, level: str, **place: Any) -> None:
    if level and level not in Following.Level.values:
        raise Invalid({"level": [_("Choose to watch, to mute, or neither.")]})
    if level:
        Following.objects.update_or_create(person=actor, **place, defaults={"level": level})
    else:
        Following.objects.filter(person=actor, **place).delete()
    touch("person", actor.pk)
