"""Which approvals count for a release, asked anew each time: each is a signature over bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Value

from apps.core.clock import database_now
from apps.core.composed import Composed
from apps.environments.models import Environment, Rule
from apps.environments.queries import live_release, live_version, revisions_alike, rule_for
from apps.prompts.models import Version
from apps.prompts.queries import contributors_between
from apps.reviews.models import Decision, Round
from apps.reviews.queries.lists import with_decisions
from apps.reviews.states import DecisionKind, ReviewState
from apps.teams.models import Capability, Membership, Namespace
from apps.teams.rights import people_with

NO_POSITION = 2**31 - 1  # outside the order: no environment comes after it


def contributors_since_live(version: Version, environment: Environment) -> set[int]:
    """Ids of those who changed anything since the version live there was made, up to `version`.

    Where nothing is live, or what is live is newer than `version`, this counts from the beginning:
    nobody has looked at these texts for that place.
    """
    live = live_version(version.prompt, environment)
    after = live.number if live and live.number < version.number else 0
    return contributors_between(version.prompt, after, version.number)


def may_approve_own(rule: Rule) -> bool:
    """Never on a protected environment, whatever the rule's row says."""
    return rule.own_approval and not rule.environment.protected


def needed_for(rule: Rule) -> int:
    """How many approvals make a review approved: at least one, or there was nothing to ask."""
    return max(1, rule.approvals)


def qualified(namespace: Namespace, rule: Rule) -> set[int]:
    """Ids of active people with `review` there, in the teams that the rule names."""
    return qualified_in(namespace, [team.pk for team in rule.teams.all()])


def qualified_in(namespace: Namespace, teams: Collection[int]) -> set[int]:
    """The same with the teams (none of them: anybody)."""
    people = people_with(Capability.REVIEW, namespace)
    if not teams:
        return people
    members = Membership.objects.filter(team__in=teams, person__in=people)
    return set(members.values_list("person_id", flat=True))


def approvals_for(version: Version, environment: Environment) -> list[Decision]:
    """The approvals that count, now, for releasing `version` to `environment`: one a person.

    They come from running reviews of that environment or a later one, from the round that is
    current and about this version, over its exact content. Whoever gave one must still qualify
    there, must not have contributed, and what the review's target had live must be the same still,
    unless its rule lets approvals survive.
    """
    found: dict[int, Decision] = {}
    rule = rule_for(environment, version.prompt.namespace)
    for number in running_rounds(version, environment):
        for decision in counted(number, rule):
            found.setdefault(decision.person_id, decision)
    return list(found.values())


def counted(number: Round, rule: Rule) -> list[Decision]:
    """The approvals of one round that count under `rule` (of its environment or an earlier one)."""
    if not any(d.kind == DecisionKind.APPROVE for d in number.decisions.all()):
        return []
    allowed = qualified(number.review.prompt.namespace, rule)
    if not may_approve_own(rule):
        allowed -= contributors_since_live(number.version, number.review.environment)
    return _standing(number, rule, allowed)


def standing_approvals(
    number: Round, environment: Environment, allowed: Collection[int]
) -> list[Decision]:
    """The approvals of one round by those people that stand in an environment, by its rule."""
    if not any(d.kind == DecisionKind.APPROVE for d in number.decisions.all()):
        return []
    return _standing(number, rule_for(environment, number.review.prompt.namespace), allowed)


def _standing(number: Round, rule: Rule, allowed: Collection[int]) -> list[Decision]:
    """Over the exact text, in place of what is live still, and not too old."""
    review = number.review
    alike = revisions_alike(live_release(review.prompt, review.environment))
    survives = rule_for(review.environment, review.prompt.namespace).approvals_survive
    since = counts_since(rule)
    return [
        decision
        for decision in number.decisions.all()
        if decision.kind == DecisionKind.APPROVE
        and decision.person_id in allowed
        and decision.content_hash == number.version.content_hash
        and (survives or decision.live_revision in alike)
        and decision.made_at > since
    ]


def counts_since(rule: Rule) -> dt.datetime:
    """An approval given then, or before, is too old under this rule."""
    return database_now() - dt.timedelta(days=rule.approval_days)


def too_old(version: Version, environment: Environment) -> list[Decision]:
    """Approvals of current rounds that do not count any more because of their age."""
    since = counts_since(rule_for(environment, version.prompt.namespace))
    return [
        decision
        for number in running_rounds(version, environment)
        for decision in number.decisions.all()
        if decision.kind == DecisionKind.APPROVE and decision.made_at <= since
    ]


def running_rounds(version: Version, environment: Environment) -> list[Round]:
    return _rounds_over(_STANDING, version, environment)


def changes_asked_for(version: Version, environment: Environment) -> list[Decision]:
    """Who asked for changes of exactly this version, in a review that covers this environment."""
    return [
        decision
        for number in _rounds_over(_AGAINST, version, environment)
        for decision in number.decisions.all()
        if decision.kind == DecisionKind.REQUEST_CHANGES
    ]


def _rounds_over(
    rounds: Composed[Round], version: Version, environment: Environment
) -> list[Round]:
    """Current rounds about `version` whose review covers `environment`."""
    position = NO_POSITION if environment.position is None else environment.position
    return with_decisions(rounds.rows(version.pk, environment.pk, position))


def _current_rounds(*states: str) -> Composed[Round]:
    def make(version_id: int, environment_id: int, position: int) -> QuerySet[Round]:
        newest = Round.objects.filter(review=OuterRef("review")).order_by("-number")
        covering = Q(review__environment_id=environment_id)
        after = Value(
            position, IntegerField()
        )  # as a bare number a place beyond all has no meaning
        covering |= Q(review__environment__position__gt=after)
        rows = Round.objects.filter(covering, version_id=version_id, review__state__in=states)
        rows = rows.filter(pk=Subquery(newest.values("pk")[:1]))
        rows = rows.select_related(
            "review__environment", "review__prompt__namespace", "version__prompt"
        )
        return rows.order_by("pk")

    return Composed(make, int, int, int)


_STANDING = _current_rounds(ReviewState.OPEN, ReviewState.APPROVED)
_AGAINST = _current_rounds(ReviewState.CHANGES_REQUESTED)
