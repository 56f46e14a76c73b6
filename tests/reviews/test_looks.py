"""What is new since a person last looked, and that nobody signs what they were not shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from apps.core.errors import NotPossible
from apps.reviews.actions import approve_review, look_at_review, start_thread
from apps.reviews.models import Decision, Look
from apps.reviews.queries.looks import has_seen
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import approve, move_back, shown


@pytest.fixture
def prompt(world):
    return world.prompt()


@pytest.fixture
def review(world, prompt):
    return world.review(prompt, world.version(prompt, "Say hello to one."), "production")


def page(client, review, **query) -> str:
    answer = client.get(reverse("pages:review", args=[review.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def days_pass(review) -> None:
    """The person was here yesterday."""
    look = Look.objects.get(review=review)
    Look.objects.filter(pk=look.pk).update(at=look.at - timedelta(days=1))


def new_round(world, prompt, review, words: str):
    world.review(prompt, world.version(prompt, words), "production")
    review.refresh_from_db()
    return review


class TestLooking:
    def test_first_look_has_nothing_to_compare_with(self, world, review):
        html = page(signed_in(world, "reviewer"), review)

        look = Look.objects.get()
        assert (look.person, look.version.number, look.earlier_version) == (
            world["reviewer"],
            1,
            None,
        )
        assert "since my last look" not in html

    def test_same_visit_is_one_look(self, world, review):
        client = signed_in(world, "reviewer")
        page(client, review)
        page(client, review)

        assert Look.objects.get().earlier_version is None

    def test_next_visit_says_that_nothing_is_new(self, world, review):
        client = signed_in(world, "reviewer")
        page(client, review)
        days_pass(review)

        assert "Nothing is new since your last look" in page(client, review)

    def test_part_that_is_fetched_is_no_look(self, world, review):
        client = signed_in(world, "reviewer")
        client.get(reverse("pages:review", args=[review.pk]), headers={"HX-Request": "true"})

        assert not Look.objects.exists()

    def test_comments_of_others_since_then_are_new_and_ones_own_are_not(self, world, review):
        client = signed_in(world, "reviewer")
        page(client, review)
        days_pass(review)
        start_thread(review, block_key=None, body="Why hello?", actor=world["author"])
        start_thread(review, block_key=None, body="My own", actor=world["reviewer"])

        html = page(client, review)

        assert "1 new comment<" in html
        assert html.count('<b class="acc">New</b>') == 1
        assert "Nothing is new" not in html


class TestOnlyNew:
    def test_only_what_the_new_round_changed_is_shown(self, world, prompt, review):
        client = signed_in(world, "reviewer")
        page(client, review)
        new_round(world, prompt, review, "Say hello to one and two.")

        everything, new = page(client, review), page(client, review, since="1")

        assert "v2 is asked for in place of v1" in everything
        assert "v1, which you saw" in new and "v1, which you saw" not in everything
        assert "<ins>" in new

    def test_same_visit_keeps_what_was_seen_before_the_new_round(self, world, prompt, review):
        client = signed_in(world, "reviewer")
        page(client, review)
        new_round(world, prompt, review, "Say hello to one and two.")
        page(client, review)

        assert "v1, which you saw" in page(client, review, since="1")

    def test_everything_is_shown_when_something_else_went_live(self, world, prompt):
        review = after_two_releases(world, prompt)
        client = signed_in(world, "reviewer")
        page(client, review)
        new_round(world, prompt, review, "Say hello to one and two.")
        assert "v3, which you saw" in page(client, review, since="3")
        move_back(world, prompt)

        html = page(client, review, since="3")

        assert "v1 went live in Production, so all changes are shown" in html
        assert "v3, which you saw" not in html

    @pytest.mark.parametrize("since", ["0", "99", "x", "-1", "1" * 30])
    def test_odd_number_shows_everything(self, world, prompt, review, since):
        html = page(signed_in(world, "reviewer"), review, since=since)

        assert "asked for before" not in html and 'name="since"' not in html


def after_two_releases(world, prompt):
    """v1 and v2 were live in production, v3 is asked for."""
    for words in ("One", "Two"):
        version = world.version(prompt, words)
        world.put_live(prompt, version, "staging")
        world.put_live(prompt, version, "production")
    return world.review(prompt, world.version(prompt, "Three"), "production")


class TestApprovingWhatWasShown:
    def since(self, world, review, number, person="reviewer"):
        return approve_review(review, **shown(review), since=number, actor=world[person])

    def test_who_saw_the_rest_may_approve_from_what_is_new(self, world, prompt, review):
        client = signed_in(world, "reviewer")
        page(client, review)
        new_round(world, prompt, review, "Say hello to one and two.")
        html = page(client, review, since="1")

        assert 'name="since" value="1"' in html and "have not seen the rest" not in html
        answer = client.post(
            reverse("reviews:finish_review", args=[review.pk]),
            {"outcome": "approve", "text": "", "since": "1", **shown(review)},
        )

        assert answer.status_code == 302
        assert Decision.objects.get().person == world["reviewer"]

    def test_who_did_not_may_not(self, world, prompt, review):
        new_round(world, prompt, review, "Say hello to one and two.")
        client = signed_in(world, "reviewer")

        html = page(client, review, since="1")

        assert "have not seen the rest" in html
        assert not Look.objects.exists(), "a part is no look of who never saw the whole"
        answer = client.post(
            reverse("reviews:finish_review", args=[review.pk]),
            {"outcome": "approve", "text": "I mean it", "since": "1", **shown(review)},
        )
        assert answer.status_code == 409
        assert "I mean it" in answer.content.decode()
        assert not Decision.objects.exists()

    def test_refusal_has_a_code_and_the_whole_page_has_none(self, world, prompt, review):
        new_round(world, prompt, review, "Say hello to one and two.")

        with pytest.raises(NotPossible) as refusal:
            self.since(world, review, 1)
        assert refusal.value.verdict.code == "not_all_shown"
        approve(review, world["reviewer"])
        assert Decision.objects.count() == 1

    def test_what_another_saw_is_not_what_i_saw(self, world, prompt, review):
        look_at_review(review, actor=world["reviewer2"])
        new_round(world, prompt, review, "Say hello to one and two.")
        look_at_review(review, actor=world["reviewer2"])
        look_at_review(review, actor=world["reviewer"])

        assert has_seen(world["reviewer2"], review, 1)
        assert not has_seen(world["reviewer"], review, 1)

    def test_older_text_than_the_one_seen_last_is_not_enough(self, world, prompt, review):
        look_at_review(review, actor=world["reviewer"])
        new_round(world, prompt, review, "Say hello to one and two.")
        look_at_review(review, actor=world["reviewer"])
        new_round(world, prompt, review, "Say hello.")
        look_at_review(review, since=1, actor=world["reviewer"])

        assert Look.objects.get().version.number == 2, "a part that hides version 2 is no look"
        look_at_review(review, actor=world["reviewer"])
        assert not has_seen(world["reviewer"], review, 1)
        assert has_seen(world["reviewer"], review, 2)

    def test_what_went_live_meanwhile_is_not_what_was_seen(self, world, prompt):
        review = after_two_releases(world, prompt)
        look_at_review(review, actor=world["reviewer"])
        new_round(world, prompt, review, "Say hello to one and two.")
        look_at_review(review, actor=world["reviewer"])
        assert has_seen(world["reviewer"], review, 3)

        move_back(world, prompt)

        assert not has_seen(world["reviewer"], review, 3)


class TestEditedAfterApproval:
    def test_says_whose_approval_is_reset_and_what_was_edited(self, world, prompt, review):
        world.places["production"].rules.update(approvals=2)
        approve(review, world["reviewer"])
        new_round(world, prompt, review, "Say hello to one and two.")

        html = page(signed_in(world, "reviewer2"), review)

        assert "Edited after the approval of Reviewer, so the approval is reset." in html
        assert "?since=1#changes" in html

    def test_says_nothing_where_nobody_had_approved(self, world, prompt, review):
        new_round(world, prompt, review, "Say hello to one and two.")

        assert "Edited after" not in page(signed_in(world, "reviewer2"), review)
