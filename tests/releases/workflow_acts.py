"""What the five people and three keys of the workflow try. Each act calls one action of Galley and,
when that was done, tells the account; acts that make something live return what they did."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.utils import timezone

from apps.core.errors import Refused
from apps.core.origin import coming_from
from apps.environments.models import Label
from apps.prompts.actions import make_version, restore_version
from apps.prompts.queries import draft_of
from apps.releases import actions
from apps.releases.actions import schedules
from apps.releases.models import Schedule
from apps.reviews.actions import request_changes, request_review, withdraw_review
from apps.reviews.models import Review
from apps.reviews.queries import current_round, running_review
from tests.releases.account import RIGHT, Act
from tests.releases.workflow import PEOPLE, PROMPTS, Workflow
from tests.releases.workflow_rights import (
    changes_rule,
    days_go_by,
    decides_on_rule,
    joins_or_leaves,
    proposes_rule,
    replaces_key,
    revokes_key,
    rights_change,
    switches,
)
from tests.releases.world import approve, edit, shown

LABELS = ("stable", "campaign")


# Words and reviews


def types(w: Workflow) -> None:
    prompt, who = w.prompt(), w.somebody("edit")
    text = f"Words {next(w.words)} of {prompt}."
    edit(w.row(prompt), text, w.actor(who))
    w.oracle.typed(prompt, who, text)


def makes_version(w: Workflow) -> None:
    prompt, who = w.prompt(), w.somebody("edit")
    made = make_version(draft_of(w.row(prompt)), reason="Why", actor=w.actor(who))
    w.oracle.needs(who, "edit")
    w.oracle.made_version(prompt, who, made.content_hash)


def restores(w: Workflow) -> None:
    prompt, who = w.prompt(), w.somebody("edit")
    count = len(w.oracle.prompts[prompt].versions)
    if count:
        number = w.random.randint(1, count)
        restore_version(w.version(prompt, number), reason="Again", actor=w.actor(who))
        w.oracle.restored(prompt, who, number)


def asks(w: Workflow) -> None:
    """Most for what the draft says now, some for a version that is there."""
    prompt, place, who = w.prompt(), w.place(), w.somebody("edit")
    count = len(w.oracle.prompts[prompt].versions)
    chosen = w.random.randint(1, count) if count and w.random.random() < 0.4 else None
    by_itself = w.random.random() < 0.3
    review = request_review(
        w.row(prompt), environment=w.environment(place), reason="Why",
        version=w.version(prompt, chosen) if chosen else None,
        release_when_approved=by_itself, actor=w.actor(who),
    )  # fmt: skip
    version = current_round(review).version
    if version.number > count:
        w.oracle.needs(who, "edit")
        w.oracle.made_version(prompt, who, version.content_hash)
    w.oracle.asked(prompt, place, who, version.number, by_itself)


def review_of(w: Workflow) -> tuple[Review, str, str] | None:
    """One of those that wait, else any that runs."""
    waiting = [place for place, review in w.oracle.reviews.items() if review.state == "open"]
    prompt, place = w.random.choice(waiting) if waiting else (w.prompt(), w.place())
    review = running_review(w.row(prompt), w.environment(place))
    return (review, prompt, place) if review else None


def approves(w: Workflow) -> None:
    found = review_of(w)
    if found:
        review, prompt, place = found
        number = w.oracle.reviews[prompt, place].number
        barred = w.oracle.barred(prompt, number, place)
        able = [p for p in PEOPLE if w.oracle.may(p, "review") and p not in barred]
        who = w.somebody("review")
        if able and w.random.random() < 0.7:
            who = w.random.choice(able)
        revision = shown(review)["live_revision"]
        approve(review, w.actor(who))
        w.oracle.approved(prompt, place, who, revision)


def asks_for_changes(w: Workflow) -> None:
    found = review_of(w)
    if found:
        review, prompt, place = found
        who = w.somebody("review")
        text = current_round(review).version.content_hash
        request_changes(review, content_hash=text, reason="No", actor=w.actor(who))
        w.oracle.changes(prompt, place, who)


def withdraws(w: Workflow) -> None:
    found = review_of(w)
    if found:
        review, prompt, place = found
        withdraw_review(review, reason="No more", actor=w.actor(w.somebody("edit", keys=False)))
        w.oracle.withdrawn(prompt, place)


# What makes something live


def releases(w: Workflow) -> Act | None:
    return release(w, "release")


def releases_by_steps(w: Workflow) -> Act | None:
    return release(w, "share", w.random.randint(1, 99))


def release(w: Workflow, kind: str, share: int = 100) -> Act | None:
    prompt, place = w.ready()
    if not w.oracle.prompts[prompt].versions:
        return None
    who, number = w.somebody(RIGHT[place], place), w.number(prompt, place)
    expects, stale = w.expects(prompt, place)
    w.trying = Act(kind, who, place, {prompt: number}, share=share, stale=stale)
    actions.release_version(
        w.row(prompt), version=w.version(prompt, number), environment=w.environment(place),
        expects=expects, share=share if kind == "share" else None, actor=w.actor(who),
    )  # fmt: skip
    return w.trying


def steps(w: Workflow) -> Act | None:
    running = [place for place in w.oracle.live if w.oracle.arms(*place)]
    prompt, place = w.random.choice(running) if running else (w.prompt(), w.place())
    who, share = w.somebody(RIGHT[place], place), w.random.choice([5, 20, 50, 90, 100])
    number = w.oracle.number(prompt, place) or 0
    expects, stale = w.expects(prompt, place)
    w.trying = Act("step", who, place, {prompt: number}, share=share, stale=stale)
    actions.step_rollout(
        w.row(prompt), environment=w.environment(place), share=share, expects=expects,
        actor=w.actor(who),
    )  # fmt: skip
    return w.trying


def rolls_back(w: Workflow) -> Act | None:
    prompt, place = w.prompt(), w.place()
    count = len(w.oracle.prompts[prompt].versions)
    if not count:
        return None
    who, number = w.somebody(RIGHT[place], place), w.random.randint(1, count)
    expects, stale = w.expects(prompt, place)
    w.trying = Act("back", who, place, {prompt: number}, stale=stale)
    actions.roll_back(
        w.row(prompt), version=w.version(prompt, number), environment=w.environment(place),
        expects=expects, reason="Worse", actor=w.actor(who),
    )  # fmt: skip
    return w.trying


def breaks_glass(w: Workflow) -> Act | None:
    prompt, place, who = w.prompt(), w.place(), w.somebody("break_glass")
    if not w.oracle.prompts[prompt].versions:
        return None
    number, fresh = w.number(prompt, place), w.random.random() < 0.8
    reason = w.random.choice(["Now", "It answers with insults, and customers see it"])
    expects, stale = w.expects(prompt, place)
    w.trying = Act(
        "glass", who, place, {prompt: number}, fresh=fresh, reason=reason, stale=stale
    )  # fmt: skip
    at = time.time() - (10 if fresh else 700)
    with coming_from("web", confirmed_at=lambda: at):
        actions.break_glass(
            w.row(prompt), version=w.version(prompt, number), environment=w.environment(place),
            expects=expects, reason=reason, actor=w.actor(who),
        )  # fmt: skip
    return w.trying


def galley_releases(w: Workflow) -> Act | None:
    """What a worker does after the last approval."""
    found = review_of(w)
    if not found:
        return None
    review, prompt, place = found
    act = Act("galley", "galley", place, {prompt: current_round(review).version.number})
    actions.release_approved(review)
    return act


def plans(w: Workflow) -> None:
    prompt, place = w.ready()
    if not w.oracle.prompts[prompt].versions:
        return
    who, number = w.somebody(RIGHT[place], place, keys=False), w.number(prompt, place)
    expects, _stale = w.expects(prompt, place)
    schedule = actions.schedule_release(
        w.row(prompt), version=w.version(prompt, number), environment=w.environment(place),
        expects=expects, at=timezone.now() + dt.timedelta(hours=1), actor=w.actor(who),
    )  # fmt: skip
    act = Act("run", "galley", place, {prompt: number}, behind=who)
    w.plans[schedule.pk] = act
    w.oracle.planned[schedule.pk] = w.oracle.revision(prompt, place)


def runs_plan(w: Workflow) -> Act | None:
    if not w.plans:
        return None
    pk = w.random.choice(list(w.plans))
    act = w.plans[pk]
    ((prompt, _number),) = act.wanted.items()
    act = replace(act, stale=w.oracle.planned[pk] != w.oracle.revision(prompt, act.place))
    schedule = Schedule.objects.select_related("prompt__namespace").get(pk=pk)
    w.trying = act
    with hours_later(2):
        try:
            actions.run_schedule(schedule)
        except Refused as refused:
            actions.refuse_schedule(schedule, reason=refused.verdict.sentence)
            del w.plans[pk]
            raise
    del w.plans[pk]
    return act


@contextmanager
def hours_later(hours: int) -> Iterator[None]:
    """The clock of plans."""
    real = schedules.database_now
    schedules.database_now = lambda: real() + dt.timedelta(hours=hours)
    try:
        yield
    finally:
        schedules.database_now = real


def releases_together(w: Workflow) -> Act | None:
    place = w.place()
    chosen = [p for p in w.random.sample(PROMPTS, 2) if w.oracle.prompts[p].versions]
    who = w.somebody(RIGHT[place], place, keys=False)
    wanted = {prompt: w.number(prompt, place) for prompt in chosen}
    seen = {prompt: w.expects(prompt, place) for prompt in chosen}
    stale = any(stale for _expects, stale in seen.values())
    w.trying = Act("bundle", who, place, wanted, stale=stale)
    items = [actions.Wanted(w.version(p, n), seen[p][0]) for p, n in wanted.items()]
    actions.release_bundle(w.environment(place), items=items, actor=w.actor(who))
    return w.trying


def moves_label(w: Workflow) -> None:
    prompt, place, name = w.prompt(), w.place(), w.random.choice(LABELS)
    count = len(w.oracle.prompts[prompt].versions)
    if not count:
        return
    who, number = w.somebody(RIGHT[place], place), w.random.randint(1, count)
    where = {"environment": w.environment(place), "name": name}
    label = Label.objects.filter(prompt=w.ids[prompt], **where).first()
    expects = label.release_id if label else None
    if label and w.random.random() < 0.15:
        actions.remove_label(
            w.row(prompt), **where, expects=expects, reason="Over", actor=w.actor(who)
        )
        w.oracle.label_moved(prompt, place, name, None, who)
        return
    version = w.version(prompt, number)
    actions.move_label(w.row(prompt), **where, version=version, expects=expects, actor=w.actor(who))
    w.oracle.label_moved(prompt, place, name, number, who)


ACTS: dict[Callable[[Workflow], Act | None], int] = {
    types: 14, makes_version: 7, restores: 3, asks: 13, approves: 22, asks_for_changes: 2,
    withdraws: 1, releases: 13, releases_by_steps: 7, steps: 7, rolls_back: 5, breaks_glass: 3,
    galley_releases: 6, plans: 4, runs_plan: 4, releases_together: 5, moves_label: 7,
    changes_rule: 5, proposes_rule: 3, decides_on_rule: 4, rights_change: 6, switches: 4,
    joins_or_leaves: 2, revokes_key: 1, replaces_key: 2, days_go_by: 1,
}  # fmt: skip
