from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from apps.core.actors import Actor
from apps.core.composed import Composed, OneOf, beside
from apps.core.errors import require
from apps.core.verdicts import not_visible
from apps.environments.models import Environment
from apps.environments.queries import environments, rules_for
from apps.environments.states import OnLastApproval
from apps.prompts.models import Prompt, Version
from apps.reviews.models import Decision, Review, Round, Thread
from apps.reviews.states import RUNNING
from apps.teams.models import Capability, Namespace
from apps.teams.rights import granted_ids


def visible_reviews(actor: Actor) -> QuerySet[Review]:
    """Reviews that an actor may see, each with its rounds (newest first) and their decisions."""
    ids = granted_ids(actor, Capability.VIEW)
    rows = Review.objects.filter(prompt__namespace__lineage__overlap=ids)
    return _joined(rows)


def _joined(rows: QuerySet[Review]) -> QuerySet[Review]:
    rounds = _rounds().prefetch_related(Prefetch("decisions", _decisions()))
    return _with_places(rows).prefetch_related(Prefetch("rounds", rounds))


def _with_places(rows: QuerySet[Review]) -> QuerySet[Review]:
    return rows.select_related("prompt__namespace", "environment", "requested_by", "release")


def _rounds() -> QuerySet[Round]:
    rows = Round.objects.select_related("requested_by", "version").defer("version__content")
    return rows.order_by("-number")


def _decisions() -> QuerySet[Decision]:
    return Decision.objects.select_related("person").order_by("pk")


def review_for(actor: Actor, pk: int) -> Review:
    """One review, or 404 for one that the actor may not see."""
    review = visible_reviews(actor).filter(pk=pk).first()
    if review is None:
        require(not_visible())
    assert review is not None
    return review


def thread_for(actor: Actor, pk: int) -> Thread:
    """One thread of a prompt that the actor may see, or 404."""
    ids = granted_ids(actor, Capability.VIEW)
    rows = Thread.objects.filter(prompt__namespace__lineage__overlap=ids)
    joined = rows.select_related("prompt__namespace", "review__prompt__namespace", "draft")
    thread = joined.filter(pk=pk).first()
    if thread is None:
        require(not_visible())
    assert thread is not None
    return thread


def current_round(review: Review) -> Round:
    """The newest round: the only one whose decisions count."""
    return review.rounds.all()[0]


def running_review(prompt: Prompt, environment: Environment) -> Review | None:
    review = _RUNNING.first(prompt.pk, environment.pk)
    if review is not None:
        rounds = _ROUNDS.rows(review.pk)
        beside(review, "rounds", with_decisions(rounds))
    return review


def _running(prompt_id: int, environment_id: int) -> QuerySet[Review]:
    rows = Review.objects.filter(prompt_id=prompt_id, environment_id=environment_id)
    return _with_places(rows.filter(state__in=RUNNING))


def with_decisions(rounds: list[Round]) -> list[Round]:
    """The rounds, each with its decisions, in the order in which they were made."""
    found = _DECISIONS.rows([one.pk for one in rounds]) if rounds else []
    for one in rounds:
        beside(one, "decisions", [decision for decision in found if decision.round_id == one.pk])
    return rounds


_RUNNING = Composed(_running, int, int)
_ROUNDS = Composed(lambda review_id: _rounds().filter(review_id=review_id), int)
_DECISIONS = Composed(lambda rounds: _decisions().filter(OneOf("round_id", rounds)), list)


def review_about(version: Version, environment: Environment) -> Review | None:
    """The running review of exactly this version for this environment."""
    review = running_review(version.prompt, environment)
    return review if review and current_round(review).version_id == version.pk else None


def asked_by(actor: Actor) -> QuerySet[Review]:
    """The running reviews that a person asked for."""
    return visible_reviews(actor).filter(state__in=RUNNING, requested_by_id=int(actor.audit_id))


def requested_environments(namespace: Namespace) -> list[Environment]:
    """Where a release needs approvals, in order: what one can ask a review for."""
    rules = rules_for(namespace)
    asks = {pk for pk, rule in rules.items() if rule.approvals > 0 or rule.locks}
    return [place for place in environments() if place.pk in asks]


@dataclass(frozen=True)
class Choice:
    """What a person is likely to ask for: as last time for this prompt, else the first place. Of a
    place that was not asked for last time, its rule says whether approved is released."""

    environment: Environment | None
    release_when_approved: bool


def last_choice(actor: Actor, prompt: Prompt, wanted: str = "") -> Choice:
    """`wanted`: name of the place that is chosen already."""
    rows = Review.objects.filter(prompt=prompt, rounds__requested_by_id=int(actor.audit_id))
    last = rows.select_related("environment").order_by("-rounds__pk").first()
    if last is not None and wanted in ("", last.environment.name):
        return Choice(last.environment, last.release_when_approved)
    places = [one for one in requested_environments(prompt.namespace) if wanted in ("", one.name)]
    if not places:
        return Choice(None, False)
    rule = rules_for(prompt.namespace)[places[0].pk]
    return Choice(places[0], rule.on_last_approval == OnLastApproval.RELEASE)
