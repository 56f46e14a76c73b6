"""One thing that happened, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from apps.environments.models import RuleChange
from apps.evaluations.models import RatingRequest
from apps.prompts.models import Prompt
from apps.reviews.models import Comment, Review
from apps.teams.models import AccessRequest, Capability
from apps.teams.rights import people_with


@dataclass(frozen=True)
class News:
    """Of the audit entry `seq`, or of a comment. `to_act` and `to_know` are ids of people; someone
    in both gets one item, to act."""

    event: str
    seq: int | None = None
    comment: Comment | None = None
    prompt: Prompt | None = None
    review: Review | None = None
    access_request: AccessRequest | None = None
    rule_change: RuleChange | None = None
    rating_request: RatingRequest | None = None
    to_act: frozenset[int] = frozenset()
    to_know: frozenset[int] = frozenset()
    never: frozenset[int] = frozenset()  # who did it, and who is told otherwise
    for_watchers: bool = True
    alarm: bool = False  # reaches everybody at once, muted or not

    def without(self, people: set[int]) -> News:
        return replace(self, to_act=self.to_act - people, to_know=self.to_know - people)

    def among_viewers(self) -> News:
        """Nobody is told of a prompt that they may not see (any more)."""
        if self.prompt is None:
            return self
        may = people_with(Capability.VIEW, self.prompt.namespace)
        return replace(self, to_act=self.to_act & may, to_know=self.to_know & may)
