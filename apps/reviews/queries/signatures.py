"""Locked blocks: whose signature a version needs, and who has given one."""

from __future__ import annotations

from apps.accounts.models import User
from apps.environments.models import Environment
from apps.environments.queries import live_version, locks_for
from apps.environments.rules import Lock
from apps.prompts.models import Version
from apps.prompts.queries import version_document
from apps.reviews.locked import locked_part
from apps.reviews.models import Decision
from apps.reviews.queries.approvals import (
    contributors_since_live,
    running_rounds,
    standing_approvals,
)
from apps.teams.models import Capability, Membership, Namespace
from apps.teams.rights import people_with


def locks_touched(version: Version, environment: Environment) -> list[Lock]:
    """The locks whose blocks differ from what is live there; where nothing is, those it has."""
    locks = locks_for(environment, version.prompt.namespace)
    if not locks:
        return []
    live = live_version(version.prompt, environment)
    if live is not None and live.pk == version.pk:
        return []
    new, old = version_document(version), version_document(live) if live else None
    return [lock for lock in locks if locked_part(new, lock.type) != locked_part(old, lock.type)]


def signers(lock: Lock, namespace: Namespace) -> set[int]:
    """Ids of people of its team who may review there."""
    people = people_with(Capability.REVIEW, namespace)
    rows = Membership.objects.filter(team_id=lock.team, person__in=people)
    return set(rows.values_list("person_id", flat=True))


def signatures(version: Version, environment: Environment, lock: Lock) -> list[Decision]:
    """Approvals that sign it: over these bytes, by people of the team who did not write them."""
    found: dict[int, Decision] = {}
    wrote = contributors_since_live(version, environment)
    allowed = signers(lock, version.prompt.namespace) - wrote
    for number in running_rounds(version, environment):
        for decision in standing_approvals(number, environment, allowed):
            found.setdefault(decision.person_id, decision)
    return list(found.values())


def unsigned_locks(version: Version, environment: Environment) -> list[Lock]:
    touched = locks_touched(version, environment)
    return [lock for lock in touched if not signatures(version, environment, lock)]


def who_can_sign(version: Version, environment: Environment, lock: Lock) -> list[User]:
    ids = signers(lock, version.prompt.namespace)
    ids -= contributors_since_live(version, environment)
    return list(User.objects.filter(pk__in=ids).order_by("name", "pk"))


def signs_for(person: int, version: Version, environment: Environment) -> bool:
    """Whether this person's signature is one that the version needs."""
    namespace = version.prompt.namespace
    return any(person in signers(lock, namespace) for lock in locks_touched(version, environment))
