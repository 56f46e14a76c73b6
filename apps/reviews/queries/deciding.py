"""Whether a round has what it needs, and who could still give it."""

from __future__ import annotations

from apps.accounts.models import User
from apps.environments.models import Environment
from apps.environments.queries import rule_for
from apps.prompts.models import Version
from apps.reviews.models import Review, Round
from apps.reviews.queries.approvals import (
    contributors_since_live,
    counted,
    may_approve_own,
    needed_for,
    qualified,
)
from apps.reviews.queries.lists import current_round
from apps.reviews.queries.signatures import locks_touched, unsigned_locks, who_can_sign


def enough(number: Round) -> bool:
    """Whether the approvals of a round suffice now, with a signature for each locked block: the
    rule and its people may have changed."""
    rule = rule_for(number.review.environment, number.review.prompt.namespace)
    if len(counted(number, rule)) < needed_for(rule):
        return False
    return not unsigned_locks(number.version, number.review.environment)


def reviewers_of(review: Review) -> list[User]:
    """Who may still decide the current round."""
    number = current_round(review)
    decided = number.decisions.values_list("person_id", flat=True)
    people = reviewers_of_version(number.version, review.environment)
    return [person for person in people if person.pk not in set(decided)]


def reviewers_of_version(version: Version, environment: Environment) -> list[User]:
    """Who could approve this version for this environment, by name."""
    rule = rule_for(environment, version.prompt.namespace)
    ids = qualified(version.prompt.namespace, rule)
    if not may_approve_own(rule):
        ids -= contributors_since_live(version, environment)
    for lock in locks_touched(version, environment):
        ids |= {person.pk for person in who_can_sign(version, environment, lock)}
    return list(User.objects.filter(pk__in=ids).order_by("name", "pk"))
