"""Who does something: a person, an API key, or the system itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Actor(Protocol):
    """`kind` is "person", "key" or "system"; `audit_id` names the actor inside its kind."""

    @property
    def kind(self) -> str: ...

    @property
    def audit_id(self) -> str: ...

    @property
    def label(self) -> str: ...

    def holds(self, capability: str, namespace: Any, environment: Any = None) -> bool: ...


@dataclass(frozen=True)
class System:
    """The installation itself. It holds no right: what it does, a rule told it to do."""

    kind: str = "system"
    audit_id: str = "system"
    label: str = "Galley"

    def holds(self, capability: str, namespace: Any, environment: Any = None) -> bool:
        return False


SYSTEM = System()

_person_rights: Callable[[Any, str, Any], bool] | None = None


def register_person_rights(answer: Callable[[Any, str, Any], bool]) -> None:
    """The app that keeps people's rights registers its one answer here, at start."""
    global _person_rights
    _person_rights = answer


def person_holds(person: Any, capability: str, namespace: Any) -> bool:
    """Deny by default: nobody holds anything until the rights app has registered."""
    return _person_rights is not None and _person_rights(person, capability, namespace)
