"""Who does something: a person, an API key, or the system itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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


@runtime_checkable
class Bounded(Protocol):
    """An actor that acts for a person, inside limits of its own: a key."""

    @property
    def owner(self) -> Any: ...

    @property
    def people(self) -> list[Any]: ...

    def narrowed(self, capability: str, given: Callable[[Any, str], Iterable[int]]) -> list[int]:
        """Of the namespaces that `given(owner, capability)` names, what lies inside the limits."""
        ...

    def refusal(self, capability: str, namespace: Any, environment: Any) -> str:
        """Why a limit of its own forbids this; "" where it is not the limit."""
        ...


def person_behind(actor: Any) -> Any:
    """Whose act it counts as among people: the person, the owner of a key, nobody (the system)."""
    return actor if actor.kind == "person" else getattr(actor, "owner", None)


def people_behind(actor: Any) -> list[Any]:
    """Everyone whose hand it may have been: of a key, its owner and who made it and saw it."""
    return [actor] if actor.kind == "person" else list(getattr(actor, "people", ()))


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
