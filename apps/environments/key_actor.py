"""A key that acts: for its owner, never more than the owner may right now, and inside its scope."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.clock import database_now
from apps.environments.models import ApiKey, Environment
from apps.environments.states import KeyKind
from apps.teams.models import Capability, Namespace

# What a kind of key may do at most. A `read` key sees only what is live, through the delivery.
MAY: dict[str, frozenset[str]] = {
    KeyKind.READ: frozenset(),
    KeyKind.WRITE: frozenset({Capability.VIEW, Capability.EDIT}),
    KeyKind.RELEASE: frozenset({Capability.VIEW, Capability.RELEASE, Capability.PUBLISH}),
}


@dataclass(frozen=True)
class KeyActor:
    """`key` is read anew for each call. What may be seen does not depend on the environment; what
    is done in an environment is done in the key's own."""

    key: ApiKey
    kind: ClassVar[str] = "key"

    def __str__(self) -> str:
        return self.key.name

    @property
    def audit_id(self) -> str:
        return str(self.key.pk)

    @property
    def label(self) -> str:
        return self.key.name

    @property
    def owner(self) -> User:
        return self.key.owner

    @property
    def people(self) -> list[User]:
        """The owner, and whoever made the key and so saw its secret."""
        maker = self.key.made_by
        return [self.owner] if maker is None or maker == self.owner else [self.owner, maker]

    @cached_property
    def _asked_at(self) -> dt.datetime:
        """When this key came with its call, by the database: one call ends with the key that it
        began with."""
        return database_now()

    @property
    def is_alive(self) -> bool:
        key = self.key
        return key.revoked_at is None and key.expires_at > self._asked_at and key.owner.is_active

    def holds(self, capability: str, namespace: Namespace, environment: Any = None) -> bool:
        return (
            self.is_alive
            and not self._limit(capability, namespace, environment)
            and self.owner.holds(capability, namespace, environment)
        )

    def narrowed(self, capability: str, given: Callable[[Any, str], Iterable[int]]) -> list[int]:
        if not self.is_alive or capability not in MAY[self.key.kind]:
            return []
        own = {place.pk: set(place.lineage) for place in self.key.namespaces.all()}
        ids = set(given(self.owner, capability))
        inside = Namespace.objects.filter(pk__in=ids, lineage__overlap=list(own))
        kept = {pk for pk, lineage in own.items() if lineage & ids}
        return sorted(kept | set(inside.values_list("pk", flat=True)))

    def refusal(self, capability: str, namespace: Namespace, environment: Any) -> str:
        return self._limit(capability, namespace, environment)

    def _limit(self, capability: str, namespace: Namespace, environment: Any) -> str:
        """Which part of its scope forbids this, in words; "" for none."""
        if capability not in MAY[self.key.kind]:
            return _WRONG_KIND[self.key.kind]()
        elsewhere = isinstance(environment, Environment) and environment != self.key.environment
        if elsewhere and capability != Capability.VIEW:
            return _("This key works in %(place)s and nowhere else. Use one of %(other)s.") % {
                "place": self.key.environment,
                "other": environment,
            }
        if {place.pk for place in self.key.namespaces.all()}.isdisjoint(namespace.lineage):
            return _("This key does not reach %(place)s. Use one that does.") % {"place": namespace}
        return ""


_WRONG_KIND: dict[str, Callable[[], str]] = {
    KeyKind.READ: lambda: _("A read key fetches what is live and does nothing else."),
    KeyKind.WRITE: lambda: _(
        "A write key proposes drafts and versions. It releases nothing: use a release key."
    ),
    KeyKind.RELEASE: lambda: _(
        "A release key releases what is ready. To change a prompt, use a write key."
    ),
}
