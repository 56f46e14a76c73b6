"""What the account of the workflow keeps, in the words of the domain; nothing of Galley's."""

from __future__ import annotations

from dataclasses import dataclass, field

PLACES = ("staging", "production")  # in their order
PROTECTED = "production"
RIGHT = {"staging": "release", "production": "publish"}
ROLES = {
    "viewer": {"view"},
    "author": {"view", "comment", "edit", "release"},
    "reviewer": {"view", "comment", "review"},
    "releaser": {"view", "comment", "release", "publish"},
    "admin": {"view", "comment", "manage"},
}
KEYS_MAY = {"read": set(), "write": {"view", "edit"}, "release": {"view", "release", "publish"}}


@dataclass(frozen=True)
class Terms:
    """What a rule asks. `teams`: who may approve (none: anybody with the right)."""

    approvals: int = 1
    teams: frozenset[str] = frozenset()
    by_itself: bool = False  # goes live with the last approval
    own: bool = False
    in_order: bool = True
    survive: bool = False
    days: int = 14
    back: bool = False  # a roll back needs the approvals
    frozen: bool = False

    def asks_less_than(self, other: Terms) -> bool:
        wider = bool(other.teams) and not (self.teams and self.teams <= other.teams)
        more = ("own", "survive", "by_itself")
        fewer = ("in_order", "back", "frozen")
        return (
            self.approvals < other.approvals
            or wider
            or self.days > other.days
            or any(getattr(self, name) > getattr(other, name) for name in more)
            or any(getattr(self, name) < getattr(other, name) for name in fewer)
        )


@dataclass
class Version:
    text: str
    content_hash: str
    writers: set[str]


@dataclass
class Review:
    number: int
    asker: str
    by_itself: bool
    state: str = "open"  # open (approved or not), changes, withdrawn, closed, overtaken
    approvals: dict[str, tuple[float, int]] = field(default_factory=dict)  # when, over which live
    full: bool = False  # it had all that it needed

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass
class Live:
    """One release of a place. `arms`: (version, percent), where it goes by steps."""

    number: int
    kind: str
    arms: tuple[tuple[int, int], ...] = ()


@dataclass
class Key:
    kind: str
    owner: str
    maker: str
    place: str
    revoked: bool = False


@dataclass
class Prompt:
    text: str
    typing: set[str]
    versions: list[Version] = field(default_factory=list)


@dataclass(frozen=True)
class Act:
    """What somebody did. `wanted`: prompt → version, of a bundle several."""

    kind: str
    actor: str
    place: str
    wanted: dict[str, int]
    share: int = 100
    behind: str = ""  # who planned it
    fresh: bool = True  # a sign-in confirmed a moment ago
    reason: str = ""
    stale: bool = False  # what they saw live was not live any more


@dataclass(frozen=True)
class Seen:
    """A release that the delivery serves for the first time."""

    prompt: str
    place: str
    revision: int
    number: int
    arms: tuple[tuple[int, int], ...] = ()
