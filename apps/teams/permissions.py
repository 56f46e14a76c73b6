"""One function answers every question about rights: `can(actor, capability, thing)`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.text import listing
from apps.core.verdicts import ALLOW, Verdict, not_allowed, not_visible
from apps.teams import rights
from apps.teams.models import Capability, Namespace

VERBS = {
    Capability.VIEW: "see this",
    Capability.COMMENT: "comment here",
    Capability.EDIT: "edit here",
    Capability.REVIEW: "review here",
    Capability.RELEASE: "release here",
    Capability.PUBLISH: "release to a protected environment here",
    Capability.MANAGE: "manage this namespace",
    Capability.BREAK_GLASS: "release here without the usual approvals",
}


def namespace_of(thing: Any) -> Namespace:
    """A namespace itself, or the namespace of a prompt, or of what belongs to a prompt."""
    if isinstance(thing, Namespace):
        return thing
    owner = thing if hasattr(thing, "namespace") else thing.prompt
    return owner.namespace  # type: ignore[no-any-return]


def can(actor: Actor | None, capability: str, thing: Any, environment: Any = None) -> Verdict:
    """ALLOW; 404 for what the actor may not see; 403, with who can grant it, for what they may.

    `thing` is a Namespace or anything with `.namespace` or `.prompt`.
    """
    namespace = namespace_of(thing)
    if actor is None or not actor.holds(Capability.VIEW, namespace, environment):
        return not_visible()
    if capability == Capability.VIEW or actor.holds(capability, namespace, environment):
        return ALLOW
    return refuse(capability, namespace)


def refuse(capability: str, namespace: Namespace) -> Verdict:
    """The 403 that says which right is missing and who can grant it."""
    who = tuple(names_with(Capability.MANAGE, namespace))
    sentence = _("You may not %(verb)s: it needs the right “%(right)s” on %(place)s.") % {
        "verb": VERBS[Capability(capability)],
        "right": Capability(capability).label,
        "place": namespace,
    }
    if who:
        sentence += " " + _("%(who)s can give it to you.") % {"who": listing(who[:3], _("or"))}
    return not_allowed("missing_right", sentence, who)


def names_with(capability: str, namespace: Namespace) -> list[str]:
    ids = rights.people_with(capability, namespace)
    return list(User.objects.filter(pk__in=ids).order_by("name").values_list("name", flat=True))
