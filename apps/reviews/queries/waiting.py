from __future__ import annotations

from django.db.models import Case, Exists, F, IntegerField, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from apps.core.actors import Actor
from apps.core.composed import Composed
from apps.environments.models import Deployment, Rule
from apps.environments.queries import all_rules, nearest
from apps.prompts.models import VersionContributor
from apps.reviews.models import Decision, Review, Round
from apps.reviews.queries.approvals import may_approve_own
from apps.reviews.queries.lists import current_round, visible_reviews
from apps.reviews.queries.shortage import short_of_approvals
from apps.reviews.queries.signatures import signs_for, unsigned_locks
from apps.reviews.states import ReviewState
from apps.teams.models import Capability, Membership
from apps.teams.rights import granted_ids


def waiting_for(actor: Actor) -> list[Review]:
    """Reviews that this person may decide now, newest first: open ones, and approved ones that lack
    approvals again. The same few queries for any number of them; the same answer as
    `can_decide_review` for each (a test holds them together)."""
    if actor.kind != "person":
        return []
    person = int(actor.audit_id)
    places = granted_ids(actor, Capability.REVIEW)
    ids = _IDS_UNDECIDED.first_column(places, person) if places else []
    if not ids:  # mostly nothing waits
        return []
    rows = visible_reviews(actor).filter(pk__in=ids)
    rows = rows.annotate(round_id=_newest("pk"), number=_newest("version__number"), live=_live())
    undecided = list(rows.annotate(wrote=_wrote(person)))
    found, mine = all_rules(), _teams_of(person)
    mine_to_decide = [review for review in undecided if _may(review, found, mine, person)]
    approved = [
        (review, nearest(found, review.environment_id, review.prompt.namespace.lineage))
        for review in mine_to_decide
        if review.state == ReviewState.APPROVED
    ]
    short = short_of_approvals(approved)
    short |= {review.pk for review, _rule in approved if _unsigned(review, found)}
    return [r for r in mine_to_decide if r.state == ReviewState.OPEN or r.pk in short]


def _ids_undecided(places: list[int], person_id: int) -> QuerySet[Review, int]:
    """Of the running reviews in these namespaces: those whose newest round this person has not
    decided. Every page asks for them."""
    decided = Decision.objects.filter(round=OuterRef("round_id"), person_id=person_id)
    rows = Review.objects.filter(
        state__in=(ReviewState.OPEN, ReviewState.APPROVED),
        prompt__namespace__lineage__overlap=places,
    )
    undecided = rows.annotate(round_id=_newest("pk")).filter(~Exists(decided))
    return undecided.order_by().values_list("pk", flat=True)


_IDS_UNDECIDED = Composed(_ids_undecided, list, int)


def _has_locks(review: Review, found: list[Rule]) -> bool:
    places = set(review.prompt.namespace.lineage)
    return any(
        rule.locks and rule.environment_id == review.environment_id and rule.namespace_id in places
        for rule in found
    )


def _unsigned(review: Review, found: list[Rule]) -> bool:
    """Locked blocks are few: only reviews where there are some cost queries of their own."""
    number = current_round(review)
    return _has_locks(review, found) and bool(unsigned_locks(number.version, review.environment))


def _signs(review: Review, found: list[Rule], person: int) -> bool:
    number = current_round(review)
    return _has_locks(review, found) and signs_for(person, number.version, review.environment)


def _newest(field: str) -> Subquery:
    rounds = Round.objects.filter(review=OuterRef("pk")).order_by("-number")
    return Subquery(rounds.values(field)[:1])


def _live() -> Coalesce:
    """The number of the version live in the review's environment; 0 for none."""
    pointers = Deployment.objects.filter(
        prompt=OuterRef("prompt"), environment=OuterRef("environment")
    )
    number = Subquery(pointers.values("release__version__number")[:1])
    return Coalesce(number, 0, output_field=IntegerField())


def _wrote(person: int) -> Case:
    """Whether the person changed anything between the live version and the one under review; from
    the beginning where what is live is newer (`contributors_since_live` says the same)."""
    rows = VersionContributor.objects.filter(
        person_id=person,
        version__prompt=OuterRef("prompt"),
        version__number__lte=OuterRef("number"),
    )
    since_live = rows.filter(version__number__gt=OuterRef("live"))
    return Case(When(number__gt=F("live"), then=Exists(since_live)), default=Exists(rows))


def _teams_of(person: int) -> set[int]:
    return set(Membership.objects.filter(person_id=person).values_list("team_id", flat=True))


def _may(review: Review, found: list[Rule], mine: set[int], person: int) -> bool:
    namespace = review.prompt.namespace
    rule = nearest(found, review.environment_id, namespace.lineage)
    teams = {team.pk for team in rule.teams.all()}
    wrote: bool = review.wrote  # type: ignore[attr-defined]  # annotated above
    if wrote and not may_approve_own(rule):
        return False
    return not teams or bool(teams & mine) or _signs(review, found, person)
