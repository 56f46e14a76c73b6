"""Asking for a review: what the form says by itself, and what is not worth asking."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.core.errors import NotPossible
from apps.prompts.actions import declare_variable
from apps.prompts.queries import draft_of
from apps.reviews.actions import request_changes, request_review
from apps.reviews.models import Review, Round
from apps.reviews.queries import current_round
from apps.reviews.queries.asking import places_to_ask
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import approve, edit, shown


@pytest.fixture
def prompt(world):
    return world.prompt()


@pytest.fixture
def live(world, prompt):
    """v1 is live in staging and production."""
    version = world.version(prompt, "Say hello.\n\nBe kind.")
    for place in ("staging", "production"):
        world.put_live(prompt, version, place)
    return version


def form(world, prompt, who="author", **query) -> str:
    address = reverse("reviews:request_review", args=[prompt.path])
    answer = signed_in(world, who).get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def ask(world, prompt, **fields):
    typed = {"environment": "production", "reason": "Why", "version": "", "summary": ""} | fields
    address = reverse("reviews:request_review", args=[prompt.path])
    return signed_in(world, "author").post(address, typed)


class TestSummary:
    def test_form_says_what_changes_and_who_can_approve_it(self, world, prompt, live):
        edit(prompt, "Say hello.\n\nBe very kind.", world["author"])

        html = form(world, prompt, environment="production")

        assert "Instructions edited, 1 place" in html
        assert "Reviewer or Reviewer2 can approve it." in html

    def test_who_wrote_is_no_reviewer_of_it(self, world, prompt, live):
        from apps.teams.actions import grant

        grant(world.desk, role="author", to=world["reviewer2"], actor=world.admin)
        edit(prompt, "Say hello twice.", world["reviewer2"])

        place = places_to_ask(prompt, None)[-1]

        assert [person.name for person in place.reviewers] == ["Reviewer"]

    def test_summary_left_as_it_is_is_not_kept_and_own_words_are(self, world, prompt, live):
        edit(prompt, "Say hello.\n\nBe very kind.", world["author"])
        ask(world, prompt, summary="Instructions edited, 1 place")
        assert Round.objects.latest("pk").summary == ""

        edit(prompt, "Say hello.\n\nBe very, very kind.", world["author"])
        ask(world, prompt, summary="It is kinder now.\r\nNothing else.")

        assert Round.objects.latest("pk").summary == "It is kinder now.\nNothing else."
        review = Review.objects.get(state="open")
        page = signed_in(world, "reviewer").get(reverse("pages:review", args=[review.pk]))
        assert "It is kinder now." in page.content.decode()

    def test_typed_summary_is_kept_when_the_form_is_refused(self, world, prompt, live):
        edit(prompt, "Other words", world["author"])

        answer = ask(world, prompt, reason="", summary="My own words")

        assert answer.status_code == 422
        assert "My own words" in answer.content.decode()


class TestNothingToReview:
    def test_draft_that_equals_what_is_live_everywhere(self, world, prompt, live):
        html = form(world, prompt)

        assert f"This draft equals v{live.number}, nothing to review." in html
        assert 'name="reason"' not in html

    def test_draft_that_differs_has_the_form(self, world, prompt, live):
        edit(prompt, "Other words", world["author"])

        html = form(world, prompt)

        assert "nothing to review" not in html
        assert 'name="reason"' in html


class TestSameTextAgain:
    @pytest.fixture
    def refused(self, world, prompt):
        version = world.version(prompt, "One")
        review = world.review(prompt, version, "production")
        signed = shown(review)["content_hash"]
        request_changes(review, content_hash=signed, reason="Short", actor=world["reviewer"])
        return review

    def again(self, world, review, reason):
        return request_review(
            review.prompt, environment=review.environment, version=current_round(review).version,
            reason=reason, actor=world["author"],
        )  # fmt: skip

    @pytest.mark.parametrize("reason", ["Better words", "  better   WORDS "])
    def test_with_the_same_reason_is_refused(self, world, refused, reason):
        with pytest.raises(NotPossible) as refusal:
            self.again(world, refused, reason)

        assert refusal.value.verdict.code == "changes_asked_for"
        assert "say in the reason why" in refusal.value.verdict.sentence
        assert Round.objects.count() == 1

    def test_with_a_reason_of_its_own_is_asked(self, world, refused):
        self.again(world, refused, "Short is what Legal asked for")

        assert Round.objects.count() == 2

    def test_with_another_text_is_asked(self, world, prompt, refused):
        world.review(prompt, world.version(prompt, "One, two"), "production")

        assert Round.objects.count() == 2


class TestReviewOfAnEarlierPlace:
    """Staging's own review waits; production's approvals suffice for both."""

    def test_ends_when_its_version_goes_live_there(self, world, prompt):
        version = world.version(prompt, "One")
        waiting = world.review(prompt, version, "staging")
        world.approved(prompt, version, "production")

        release = world.release(prompt, version, "staging")

        waiting.refresh_from_db()
        assert (waiting.state, waiting.release_id) == ("released", release.pk)

    def test_stays_when_another_version_does(self, world, prompt):
        first = world.version(prompt, "One")
        world.approved(prompt, first, "production")
        waiting = world.review(prompt, world.version(prompt, "Two"), "staging")

        world.release(prompt, first, "staging")

        waiting.refresh_from_db()
        assert waiting.state == "open"
        approve(waiting, world["reviewer"])


class TestEffect:
    """What the change breaks for applications is said wherever somebody decides about it."""

    WILL_FAIL = "that do not send"

    @pytest.fixture
    def asked(self, world, prompt, live):
        """The draft asks applications for a variable that they do not send yet."""
        draft = draft_of(prompt)
        declare_variable(draft, name="order_id", required=True, actor=world["author"])
        edit(prompt, "Say hello about {{order_id}}.", world["author"])
        return prompt

    def pages(self, world, prompt) -> dict[str, str]:
        review = world.review(prompt, None, "production")
        author, reviewer = signed_in(world, "author"), signed_in(world, "reviewer")
        compare = reverse("pages:compare", args=[prompt.path])
        return {
            "review": reviewer.get(reverse("pages:review", args=[review.pk])).content.decode(),
            "compare": author.get(compare, {"old": "1", "new": "draft"}).content.decode(),
        }

    def test_new_required_variable_is_said_on_each_page(self, world, asked):
        pages = {"ask": form(world, asked, environment="production"), **self.pages(world, asked)}

        for name, html in pages.items():
            assert self.WILL_FAIL in html and "order_id" in html, name

    def test_change_of_words_alone_breaks_nothing(self, world, prompt, live):
        edit(prompt, "Say hello to all.", world["author"])
        pages = {"ask": form(world, prompt, environment="production"), **self.pages(world, prompt)}

        for name, html in pages.items():
            assert self.WILL_FAIL not in html, name

    def test_effect_alone_is_read_for_another_place(self, world, prompt):
        world.put_live(prompt, world.version(prompt, "Say hello."), "staging")
        draft = draft_of(prompt)
        declare_variable(draft, name="order_id", required=True, actor=world["author"])
        edit(prompt, "Say hello about {{order_id}}.", world["author"])
        address = reverse("reviews:request_review", args=[prompt.path])
        htmx = {"HX-Request": "true"}

        asked = signed_in(world, "author").get
        query = {"part": "effect", "version": ""}
        staging = asked(address, {**query, "environment": "staging"}, headers=htmx)
        production = asked(address, {**query, "environment": "production"}, headers=htmx)

        assert self.WILL_FAIL in staging.content.decode()
        assert "Instructions edited" in staging.content.decode()
        assert self.WILL_FAIL not in production.content.decode()
        assert "<form" not in staging.content.decode()

    def test_summary_written_for_another_place_is_nobodys_own_words(self, world, prompt):
        world.put_live(prompt, world.version(prompt, "Say hello."), "staging")
        edit(prompt, "Say hello twice.", world["author"])
        staging = next(p for p in places_to_ask(prompt, None) if p.live)

        ask(world, prompt, environment="production", summary=staging.summary)

        assert staging.summary
        assert Round.objects.latest("pk").summary == ""
