"""What comes into an inbox, for whom, and how it leaves again."""

from __future__ import annotations

import pytest
from django.utils import timezone

from apps.audit.models import AuditEntry
from apps.audit.subscribers import run_all
from apps.core.errors import Invalid, NotVisible
from apps.environments.queries import live_release
from apps.notifications.actions import mark_done, mark_undone, snooze
from apps.notifications.models import InboxItem
from apps.notifications.queries import ALL, DONE, SNOOZED, count_waiting, inbox
from apps.notifications.subscribers import deliver
from apps.releases.actions import roll_back
from apps.reviews.actions import request_changes, withdraw_review
from apps.reviews.queries import current_round
from apps.teams.actions import revoke
from tests.releases.world import approve, edit


def titles(person, tab="needs"):
    return [row.title for row in inbox(person, tab).rows]


def ask(world, place="production", text="Be brief."):
    prompt = world.prompt()
    version = world.version(prompt, text)
    review = world.review(prompt, version, place)
    run_all()
    return prompt, version, review


def test_request_reaches_everyone_who_may_decide_and_nobody_else(world):
    ask(world)

    reached = {p.name for p in world.people.values() if count_waiting(p)}
    assert reached == {"Reviewer", "Reviewer2"}
    assert titles(world["reviewer"]) == ["Author asks you to review Reply v1 for Production"]
    assert inbox(world["reviewer"]).rows[0].reason == "Better words"


def test_item_goes_with_ones_own_decision_and_stays_in_all(world):
    _prompt, _version, review = ask(world)

    approve(review, world["reviewer"])

    assert titles(world["reviewer"]) == []
    assert len(titles(world["reviewer"], ALL)) == 1


def test_item_of_others_goes_when_the_review_is_decided(world):
    _prompt, _version, review = ask(world)
    assert count_waiting(world["reviewer2"]) == 1

    approve(review, world["reviewer"])
    run_all()

    assert titles(world["reviewer2"]) == []


def test_item_goes_when_the_review_is_withdrawn(world):
    _prompt, _version, review = ask(world)

    withdraw_review(review, actor=world["author"])

    assert titles(world["reviewer"]) == []


def test_changes_requested_asks_the_author_until_the_next_round(world):
    prompt, version, review = ask(world)
    request_changes(
        review, content_hash=version.content_hash, reason="Too short", actor=world["reviewer"]
    )
    run_all()
    assert titles(world["author"]) == ["Reviewer asks you for changes to Reply v1"]

    world.review(prompt, world.version(prompt, "Be brief and kind."), "production")
    run_all()

    assert titles(world["author"]) == []
    assert titles(world["reviewer"]) == ["Author asks you to review Reply v2 for Production"]


def test_approved_version_that_waits_asks_whoever_may_release(world):
    _prompt, _version, review = ask(world)

    approve(review, world["reviewer"])
    run_all()

    waits = "Reply v1 is approved for Production and waits for its release"
    assert titles(world["releaser"]) == [waits]
    assert titles(world["author"]) == []
    assert titles(world["author"], ALL) == ["Reviewer approved Reply v1 for Production"]


def test_release_and_roll_back_tell_who_wrote_and_who_approved(world):
    prompt = world.prompt()
    for text in ("One", "Two"):
        world.put_live(prompt, world.version(prompt, text), "production")
    live = live_release(prompt, world.places["production"])
    roll_back(
        prompt, environment=live.environment, version=live.replaced.version, expects=live.pk,
        reason="Wrong number", actor=world["releaser"],
    )  # fmt: skip
    run_all()

    told = titles(world["author"], ALL)
    assert told[0] == "Releaser rolled Reply back to v1 in Production"
    assert "Reply v2 is live in Production" in told
    assert "Reply v2 is live in Production" in titles(world["reviewer"], ALL)


def test_delivering_twice_adds_nothing(world):
    ask(world)
    entry = AuditEntry.objects.get(event="reviews.review.requested")
    before = InboxItem.objects.count()

    deliver(entry)

    assert InboxItem.objects.count() == before == 2


def test_done_and_undone(world):
    ask(world)
    item = InboxItem.objects.get(person=world["reviewer"])

    mark_done(item.pk, actor=world["reviewer"])
    assert (titles(world["reviewer"]), count_waiting(world["reviewer2"])) == ([], 1)

    mark_undone(item.pk, actor=world["reviewer"])
    assert count_waiting(world["reviewer"]) == 1


def test_item_of_another_person_is_not_there(world):
    ask(world)
    item = InboxItem.objects.get(person=world["reviewer"])

    with pytest.raises(NotVisible):
        mark_done(item.pk, actor=world["reviewer2"])

    assert InboxItem.objects.get(pk=item.pk).done_at is None


def test_items_vanish_with_the_right_to_see_the_prompt(world):
    ask(world)
    assert count_waiting(world["reviewer"]) == 1

    revoke(world.desk, role="reviewer", to=world["reviewer"], actor=world.admin)

    assert titles(world["reviewer"], ALL) == []


def test_first_item_is_opened_up_with_facts(world):
    prompt = world.prompt()
    world.put_live(prompt, world.version(prompt, "One"), "production")
    world.review(prompt, world.version(prompt, "Two"), "production")
    run_all()

    first = inbox(world["reviewer"]).rows[0]

    assert [fact.words for fact in first.facts] == ["1 edited", "1 approval is missing"]


@pytest.mark.parametrize("items", [1, 3])
def test_inbox_asks_a_constant_number_of_queries(world, django_assert_num_queries, items):
    for number in range(items):
        prompt = world.prompt(f"reply-{number}")
        world.review(prompt, world.version(prompt, "Two"), "production")
    run_all()

    with django_assert_num_queries(9):
        rows = inbox(world["reviewer"], ALL).rows

    assert len(rows) == items


def test_edit_during_review_changes_nothing_in_the_inbox(world):
    prompt, _version, review = ask(world)

    edit(prompt, "Something else", world["author"])

    assert titles(world["reviewer"]) == [
        f"Author asks you to review Reply {current_round(review).version} for Production"
    ]


def test_snoozed_item_sleeps_and_comes_back_by_itself(world):
    ask(world)
    reviewer = world["reviewer"]
    item = InboxItem.objects.get(person=reviewer)

    snooze(item.pk, until="tomorrow", actor=reviewer)
    assert (titles(reviewer), len(titles(reviewer, SNOOZED)), count_waiting(reviewer)) == ([], 1, 0)
    assert count_waiting(world["reviewer2"]) == 1

    InboxItem.objects.filter(pk=item.pk).update(snoozed_until=timezone.now())
    assert (len(titles(reviewer)), titles(reviewer, SNOOZED)) == (1, [])
    run_all()
    item.refresh_from_db()
    assert item.snoozed_until is None


def test_snooze_is_undone_and_refuses_odd_words(world):
    ask(world)
    reviewer = world["reviewer"]
    item = InboxItem.objects.get(person=reviewer)
    with pytest.raises(Invalid):
        snooze(item.pk, until="never", actor=reviewer)

    snooze(item.pk, until="next_week", actor=reviewer)
    mark_undone(item.pk, actor=reviewer)

    assert len(titles(reviewer)) == 1


def test_item_of_another_person_cannot_be_snoozed(world):
    ask(world)
    item = InboxItem.objects.get(person=world["reviewer"])

    with pytest.raises(NotVisible):
        snooze(item.pk, until="tomorrow", actor=world["reviewer2"])

    assert InboxItem.objects.get(pk=item.pk).snoozed_until is None


def test_done_tab_holds_what_is_done(world):
    ask(world)
    item = InboxItem.objects.get(person=world["reviewer"])
    assert titles(world["reviewer"], DONE) == []

    mark_done(item.pk, actor=world["reviewer"])

    assert len(titles(world["reviewer"], DONE)) == 1


def test_muted_namespace_leaves_what_needs_you_and_comes_back(world):
    from apps.notifications.actions import follow_namespace

    ask(world)
    reviewer = world["reviewer"]
    follow_namespace(world.desk, level="mute", actor=reviewer)
    assert (titles(reviewer), count_waiting(world["reviewer2"])) == ([], 1)
    prompt = world.prompt("second")
    world.review(prompt, world.version(prompt, "Two"), "production")
    run_all()
    assert InboxItem.objects.filter(person=reviewer).count() == 1

    follow_namespace(world.desk, level="", actor=reviewer)
    assert len(titles(reviewer)) == 1
