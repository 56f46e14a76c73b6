"""Whether the record is the one that was signed last. It is not, where an older database was put
back: nothing is released then until an admin says that this is meant."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.audit import checkpoints
from apps.audit.checkpoints import digest, is_acknowledged, newest
from apps.core.verdicts import ALLOW, Verdict, not_possible


@dataclass(frozen=True)
class Restored:
    """`signed` entries were signed, the first `kept` of them are the same here; `has`: how many
    there are here. `checkpoint` is the digest of the newest one."""

    checkpoint: str
    signed: int
    kept: int
    has: int

    @property
    def sentence(self) -> str:
        words = _(
            "An older database was put back: the record was signed up to entry %(signed)s, and "
            "here only the first %(kept)s of them are the same. Nothing is released until an admin "
            "of everything acknowledges it on the page Audit, with a reason."
        )
        return words % {"signed": self.signed, "kept": self.kept}


def put_back() -> Restored | None:
    """What is not acknowledged yet; None where the record is the signed one, or goes on from it.
    ValueError where the newest checkpoint is not of this installation."""
    place = checkpoints.folder()
    last = newest(place)
    if last is None or checkpoints.holds(last) or is_acknowledged(last):
        return None
    kept = checkpoints.kept_of(place)
    return Restored(digest(last), last["entries"], kept, checkpoints.entries())


def can_release_at_all() -> Verdict:
    """409 `database_restored` until somebody has acknowledged it."""
    try:
        found = put_back()
    except (ValueError, KeyError, TypeError, OSError):
        place = checkpoints.folder()
        words = _(
            "The newest checkpoint in %(place)s cannot be read, or is not signed by this "
            "installation. Nothing is released until its keys are put back, or the folder is "
            "moved elsewhere."
        )
        return not_possible("checkpoint_unknown", words % {"place": place})
    if found is None:
        return ALLOW
    facts = {"signed": found.signed, "kept": found.kept}
    return not_possible("database_restored", found.sentence, **facts)
