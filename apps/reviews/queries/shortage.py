"""Approved reviews that lack approvals again, for many at once.

The same answer as `enough` for each (a test holds them together), in a constant number of queries:
the lists of reviews and the counts in the menu ask for it on every page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from apps.core.clock import database_now
from apps.environments.models import Deployment, Rule
from apps.environments.queries import live_map, revisions_alike
from apps.prompts.models import VersionContributor
from apps.reviews.models import Decision, Review
from apps.reviews.queries.approvals import may_approve_own, needed_for
from apps.reviews.queries.lists import current_round
from apps.reviews.states import DecisionKind
from apps.teams.models import Capability, Membership, Namespace
from apps.teams.rights import given_to_people, given_to_teams


@dataclass(frozen=True)
class Holders:
    """Who holds the right to review, of those who approved. Grants by namespace id."""

    people: set[tuple[int, int]]  # (person, namespace)
    teams: set[tuple[int, int]]  # (team, namespace)
    members: set[tuple[int, int]]  # (person, team)

    def qualified(self, person: int, namespace: Namespace, rule: Rule) -> bool:
        """As `approvals.qualified` says."""
        mine = {team for who, team in self.members if who == person}
        teams = {team.pk for team in rule.teams.all()}
        if teams and not teams & mine:
            return False
        return any(
            (person, place) in self.people or any((team, place) in self.teams for team in mine)
            for place in namespace.lineage
        )


def short_of_approvals(approved: Sequence[tuple[Review, Rule]]) -> set[int]:
    """Ids of those whose approvals would not count as enough now. Each with the rule of its
    place."""
    if not approved:
        return set()
    reviews = [review for review, _rule in approved]
    live = live_map([review.prompt for review in reviews])
    holders = _holders(reviews)
    wrote, now = _wrote(reviews), database_now()
    short = set()
    for review, rule in approved:
        pointer = live.get((review.prompt_id, review.environment_id))
        since = now - dt.timedelta(days=rule.approval_days)
        young = [decision for decision in _given(review) if decision.made_at > since]
        given = [d for d in young if _counts(d, review, rule, pointer, holders, wrote)]
        if len(given) < needed_for(rule):
            short.add(review.pk)
    return short


def _given(review: Review) -> list[Decision]:
    decisions = current_round(review).decisions.all()
    return [decision for decision in decisions if decision.kind == DecisionKind.APPROVE]


def _counts(
    decision: Decision,
    review: Review,
    rule: Rule,
    pointer: Deployment | None,
    holders: Holders,
    wrote: Collection[tuple[int, int, int]],
) -> bool:
    """As `approvals.counted` says of one approval that is not too old."""
    person, number = decision.person_id, current_round(review).version.number
    if (
        decision.live_revision not in revisions_alike(pointer.release if pointer else None)
        and not rule.approvals_survive
    ):
        return False
    if not holders.qualified(person, review.prompt.namespace, rule):
        return False
    if may_approve_own(rule):
        return True
    live = pointer.release.version.number if pointer else 0
    after = live if live < number else 0
    return not any(
        who == person and prompt == review.prompt_id and after < at <= number
        for prompt, at, who in wrote
    )


def _holders(reviews: list[Review]) -> Holders:
    places = {place for review in reviews for place in review.prompt.namespace.lineage}
    deciders = _deciders(reviews)
    members = Membership.objects.filter(person__in=deciders, person__is_active=True)
    return Holders(
        people={
            (who, at) for who, cap, at, _ in given_to_people(places) if cap == Capability.REVIEW
        },
        teams={
            (team, at) for team, cap, at, _ in given_to_teams(places) if cap == Capability.REVIEW
        },
        members=set(members.values_list("person_id", "team_id")),
    )


def _deciders(reviews: list[Review]) -> set[int]:
    return {decision.person_id for review in reviews for decision in _given(review)}


def _wrote(reviews: list[Review]) -> set[tuple[int, int, int]]:
    """(prompt, number of a version, person) of those who approved and changed something in it."""
    rows = VersionContributor.objects.filter(
        version__prompt__in=[review.prompt_id for review in reviews],
        person__in=_deciders(reviews),
    )
    return set(rows.values_list("version__prompt_id", "version__number", "person_id"))
