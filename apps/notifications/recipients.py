"""Whom an event concerns: who has to act on it, and who only wants to know."""

from __future__ import annotations

from collections.abc import Callable

from apps.audit.models import AuditEntry
from apps.environments.change_queries import deciders
from apps.environments.models import Environment, Release, RuleChange
from apps.environments.queries import rule_for
from apps.environments.states import OnLastApproval
from apps.environments.uses import owners_of_callers
from apps.evaluations.models import DriftAlarm, ModelUpdate, RatingRequest, Run
from apps.notifications.alarms import alarm_rang
from apps.notifications.news import News
from apps.prompts.models import Prompt, Version
from apps.releases.models import FollowUp, Schedule, Waiver
from apps.reviews.models import Decision, Review, Round
from apps.reviews.queries import contributors_since_live, current_round, reviewers_of
from apps.reviews.states import DecisionKind, ReviewState
from apps.teams.models import AccessRequest, Capability
from apps.teams.rights import people_with


def _review(entry: AuditEntry) -> Review | None:
    rows = Review.objects.select_related("prompt__namespace", "environment")
    return rows.filter(pk=entry.data.get("review")).first()


def _news(
    entry: AuditEntry,
    review: Review,
    to_act: frozenset[int] = frozenset(),
    to_know: frozenset[int] = frozenset(),
) -> News:
    return News(
        entry.event, seq=entry.seq, prompt=review.prompt, review=review, to_act=to_act,
        to_know=to_know,
    )  # fmt: skip


def wrote(version: Version) -> frozenset[int]:
    return frozenset(version.contributors.values_list("person_id", flat=True))


def requested(entry: AuditEntry) -> News | None:
    """Everyone who may decide."""
    review = _review(entry)
    if review is None:
        return None
    deciding = frozenset(person.pk for person in reviewers_of(review))
    return _news(entry, review, to_act=deciding)


def changes_requested(entry: AuditEntry) -> News | None:
    """Who asked has to act; who wrote along wants to know."""
    review = _review(entry)
    if review is None:
        return None
    asked = frozenset({review.requested_by_id})
    return _news(entry, review, asked, wrote(current_round(review).version))


def approved(entry: AuditEntry) -> News | None:
    """Who asked and who wrote; whoever may release, once the last approval waits for them."""
    review = _review(entry)
    if review is None:
        return None
    to_know = wrote(current_round(review).version) | {review.requested_by_id}
    return _news(entry, review, _releasers(review), to_know)


def _releasers(review: Review) -> frozenset[int]:
    if review.state != ReviewState.APPROVED or review.release_when_approved:
        return frozenset()
    namespace, environment = review.prompt.namespace, review.environment
    if rule_for(environment, namespace).on_last_approval != OnLastApproval.WAIT:
        return frozenset()
    right = environment.right_to_release
    return frozenset(people_with(right, namespace))


def went_live(entry: AuditEntry) -> News | None:
    """Who wrote the version, asked for it and approved it."""
    rows = Release.objects.select_related("prompt__namespace", "version")
    release = rows.filter(pk=entry.data.get("release")).first()
    if release is None:
        return None
    rounds = Round.objects.filter(version=release.version).select_related("review").order_by("-pk")
    approvals = Decision.objects.filter(round__in=rounds, kind=DecisionKind.APPROVE)
    people = wrote(release.version) | {release.version.author_id}
    people |= {number.requested_by_id for number in rounds}
    people |= set(approvals.values_list("person_id", flat=True))
    review = rounds[0].review if rounds else None
    known = frozenset(person for person in people if person is not None)
    return News(entry.event, seq=entry.seq, prompt=release.prompt, review=review, to_know=known)


def glass_broken(entry: AuditEntry) -> News | None:
    """Whoever may look at it has to; the owners want to know. Nobody can have muted this."""
    follow_up = _follow_up(entry)
    if follow_up is None:
        return None
    prompt = follow_up.release.prompt
    closing = people_with(Capability.MANAGE, prompt.namespace)
    closing |= people_with(Capability.REVIEW, prompt.namespace)
    team = prompt.owner.memberships.values_list("person_id", flat=True) if prompt.owner else []
    return News(
        entry.event, seq=entry.seq, prompt=prompt, to_act=frozenset(closing),
        to_know=frozenset(team), alarm=True,
    )  # fmt: skip


def follow_up_overdue(entry: AuditEntry) -> News | None:
    """Whoever manages the place has to see to it; the owners want to know. Nobody can have muted
    this."""
    follow_up = _follow_up(entry)
    if follow_up is None:
        return None
    prompt = follow_up.release.prompt
    team = prompt.owner.memberships.values_list("person_id", flat=True) if prompt.owner else []
    return News(
        entry.event, seq=entry.seq, prompt=prompt, to_know=frozenset(team), alarm=True,
        to_act=frozenset(people_with(Capability.MANAGE, prompt.namespace)),
    )  # fmt: skip


def follow_up_closed(entry: AuditEntry) -> News | None:
    """Whoever broke the glass."""
    follow_up = _follow_up(entry)
    if follow_up is None:
        return None
    release = follow_up.release
    broke = frozenset({release.made_by_id} if release.made_by_id else ())
    return News(entry.event, seq=entry.seq, prompt=release.prompt, to_know=broke)


def _follow_up(entry: AuditEntry) -> FollowUp | None:
    rows = FollowUp.objects.select_related("release__prompt__namespace", "release__prompt__owner")
    return rows.filter(pk=entry.data.get("follow_up")).first()


def waiver_proposed(entry: AuditEntry) -> News | None:
    """Whoever may confirm it: those who review there and wrote nothing of it."""
    rows = Waiver.objects.select_related("version__prompt__namespace", "environment")
    waiver = rows.filter(pk=entry.data.get("waiver")).first()
    if waiver is None:
        return None
    version = waiver.version
    asked = people_with(Capability.REVIEW, version.prompt.namespace)
    asked -= contributors_since_live(version, waiver.environment)
    return News(entry.event, seq=entry.seq, prompt=version.prompt, to_act=frozenset(asked))


def plan_refused(entry: AuditEntry) -> News | None:
    """Whoever planned it has to look again."""
    rows = Schedule.objects.select_related("prompt__namespace")
    schedule = rows.filter(pk=entry.data.get("schedule")).first()
    if schedule is None:
        return None
    planner = frozenset({schedule.made_by_id})
    return News(entry.event, seq=entry.seq, prompt=schedule.prompt, to_act=planner)


def told_to_callers(entry: AuditEntry) -> News | None:
    """The owners of the keys that fetched it lately have code to change; watchers want to know."""
    prompt = Prompt.objects.select_related("namespace").filter(pk=int(entry.target_id)).first()
    if prompt is None:
        return None
    return News(entry.event, seq=entry.seq, prompt=prompt, to_know=owners_of_callers(prompt))


def _access(entry: AuditEntry) -> AccessRequest | None:
    rows = AccessRequest.objects.select_related("namespace")
    return rows.filter(pk=entry.data.get("request")).first()


def access_requested(entry: AuditEntry) -> News | None:
    """Whoever may give rights there."""
    asked = _access(entry)
    if asked is None:
        return None
    managers = frozenset(people_with(Capability.MANAGE, asked.namespace))
    return News(entry.event, seq=entry.seq, access_request=asked, to_act=managers)


def access_decided(entry: AuditEntry) -> News | None:
    """Who asked."""
    asked = _access(entry)
    if asked is None:
        return None
    return News(
        entry.event, seq=entry.seq, access_request=asked, to_know=frozenset({asked.person_id})
    )


def _change(entry: AuditEntry) -> RuleChange | None:
    rows = RuleChange.objects.select_related("environment", "namespace", "proposed_by")
    return rows.filter(pk=entry.data.get("change")).first()


def change_proposed(entry: AuditEntry) -> News | None:
    """The others who manage the namespace: one of them has to decide."""
    change = _change(entry)
    if change is None:
        return None
    able = frozenset(person.pk for person in deciders(change))
    return News(entry.event, seq=entry.seq, rule_change=change, to_act=able)


def change_decided(entry: AuditEntry) -> News | None:
    """Who proposed it."""
    change = _change(entry)
    if change is None:
        return None
    proposer = frozenset({change.proposed_by_id})
    return News(entry.event, seq=entry.seq, rule_change=change, to_know=proposer)


def run_finished(entry: AuditEntry) -> News | None:
    """Who asked for the run; of one that was planned with others, its whole is told."""
    rows = Run.objects.select_related("prompt__namespace").defer("content")
    run = rows.filter(pk=entry.data.get("run"), planned=None).first()
    if run is None or run.requested_by_id is None:
        return None
    return News(
        entry.event, seq=entry.seq, prompt=run.prompt, to_know=frozenset({run.requested_by_id}),
        for_watchers=False,
    )  # fmt: skip


def update_finished(entry: AuditEntry) -> News | None:
    """Who asked for it."""
    update = ModelUpdate.objects.filter(pk=entry.data.get("update")).first()
    if update is None:
        return None
    return News(entry.event, seq=entry.seq, to_know=frozenset({update.requested_by_id}))


def _rating_request(entry: AuditEntry) -> RatingRequest | None:
    rows = RatingRequest.objects.select_related("run__prompt__namespace").defer("run__content")
    return rows.filter(pk=entry.data.get("request")).first()


def ratings_asked(entry: AuditEntry) -> News | None:
    """Everybody who was given answers to rate; nobody else needs to know."""
    request = _rating_request(entry)
    if request is None:
        return None
    raters = frozenset(request.tasks.values_list("rater", flat=True))
    return News(
        entry.event, seq=entry.seq, prompt=request.run.prompt, to_act=raters, for_watchers=False,
        rating_request=request,
    )  # fmt: skip


def ratings_done(entry: AuditEntry) -> News | None:
    """Who asked for them."""
    request = _rating_request(entry)
    if request is None:
        return None
    return News(
        entry.event, seq=entry.seq, prompt=request.run.prompt, for_watchers=False,
        to_know=frozenset({request.asked_by_id}), rating_request=request,
    )  # fmt: skip


def drifted(entry: AuditEntry) -> News | None:
    """The owners of the prompt, and who let the suite run by itself."""
    rows = DriftAlarm.objects.select_related("prompt__namespace", "prompt__owner", "schedule")
    alarm = rows.filter(pk=entry.data.get("alarm")).first()
    if alarm is None:
        return None
    owner = alarm.prompt.owner
    team = owner.memberships.values_list("person_id", flat=True) if owner else []
    people = frozenset(team) | {alarm.schedule.made_by_id}
    return News(entry.event, seq=entry.seq, prompt=alarm.prompt, to_know=people)


def _on_behalf(entry: AuditEntry) -> frozenset[int]:
    """The people for whom the system acted."""
    parts = (one.partition(":") for one in entry.on_behalf)
    return frozenset(int(pk) for kind, _colon, pk in parts if kind == "person")


def acted_for(entry: AuditEntry) -> News | None:
    """Whoever started the experiment, or planned the rollout."""
    prompt = Prompt.objects.select_related("namespace").filter(pk=int(entry.target_id)).first()
    people = _on_behalf(entry)
    if prompt is None or not people:
        return None
    return News(entry.event, seq=entry.seq, prompt=prompt, to_act=people, for_watchers=False)


def rollout_harmed(entry: AuditEntry) -> News | None:
    """Whoever planned it has to look; whoever releases there and the owners want to know. Nobody
    can have muted this."""
    rows = Prompt.objects.select_related("namespace", "owner")
    prompt = rows.filter(pk=int(entry.target_id)).first()
    if prompt is None:
        return None
    place = Environment.objects.filter(name=entry.environment).first()
    right = place.right_to_release if place else Capability.RELEASE
    team = prompt.owner.memberships.values_list("person_id", flat=True) if prompt.owner else []
    return News(
        entry.event, seq=entry.seq, prompt=prompt, to_act=_on_behalf(entry), alarm=True,
        to_know=frozenset(people_with(right, prompt.namespace)) | frozenset(team),
    )  # fmt: skip


RECIPIENTS: dict[str, Callable[[AuditEntry], News | None]] = {
    "reviews.review.requested": requested,
    "reviews.review.changes_requested": changes_requested,
    "reviews.review.approved": approved,
    "releases.release.made": went_live,
    "releases.release.rolled_back": went_live,
    "releases.release.glass_broken": glass_broken,
    "releases.follow_up.closed": follow_up_closed,
    "releases.follow_up.overdue": follow_up_overdue,
    "releases.schedule.refused": plan_refused,
    "releases.waiver.proposed": waiver_proposed,
    "prompts.prompt.deprecated": told_to_callers,
    "prompts.prompt.moved": told_to_callers,
    "prompts.prompt.archived": told_to_callers,
    "environments.change.proposed": change_proposed,
    "environments.change.approved": change_decided,
    "environments.change.refused": change_decided,
    "evaluations.run.finished": run_finished,
    "evaluations.update.finished": update_finished,
    "evaluations.ratings.asked": ratings_asked,
    "evaluations.ratings.done": ratings_done,
    "evaluations.drift.found": drifted,
    "analytics.alarm.rang": alarm_rang,
    "experiments.experiment.spoken": acted_for,
    "experiments.experiment.interrupted": acted_for,
    "experiments.shadow.ended": acted_for,
    "experiments.shadow.paused": acted_for,
    "experiments.rollout.harmed": rollout_harmed,
    "experiments.rollout.paused": acted_for,
    "teams.access.requested": access_requested,
    "teams.access.granted": access_decided,
    "teams.access.declined": access_decided,
}
