"""Signed words in the links of letters: whoever holds one may mute, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

from apps.accounts.models import User
from apps.notifications.choices import ways_of
from apps.notifications.kinds import Kind
from apps.prompts.models import Prompt
from apps.prompts.queries import visible_prompts

SALT = "galley.notifications.mute"
DIGEST = "digest"


@dataclass(frozen=True)
class Wish:
    """What a link asks for: no mail of one kind, no digest, or nothing more about a prompt."""

    person: User
    kinds: tuple[Kind, ...] = ()
    prompt: Prompt | None = None


def sign(person: User, what: str) -> str:
    """`what`: "kind:<kind>", "digest", or "prompt:<id>"."""
    return signing.dumps([person.pk, what], salt=SALT)


def read(token: str) -> Wish | None:
    """None for a token that is not ours, or whose person is gone, or whose prompt
    this person may not see any more."""
    try:
        pk, what = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    person = User.objects.filter(pk=pk, is_active=True).first()
    if person is None:
        return None
    name, _, ident = what.partition(":")
    if name == "prompt":
        prompt = visible_prompts(person).select_related("namespace").filter(pk=ident).first()
        return Wish(person, prompt=prompt) if prompt else None
    if name == "kind":
        return Wish(person, kinds=(Kind(ident),)) if ident in Kind.values else None
    daily = (kind for kind, way in ways_of(person).items() if way.email == DIGEST)
    return Wish(person, kinds=tuple(daily))
