"""The forms of reviews, as plain posts and as htmx asks them."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.audit.subscribers import run_all
from apps.reviews.actions import start_thread
from apps.reviews.models import Decision, Review
from apps.reviews.queries import current_round, threads_of
from tests.releases.test_t01_unauthorised import signed_in
from tests.releases.world import edit, move_back, shown

HTMX = {"HX-Request": "true"}


@pytest.fixture
def prompt(world):
    return world.prompt()


@pytest.fixture
def review(world, prompt):
    return world.review(prompt, world.version(prompt, "One"), "production")


def ask(client: Client, prompt, **fields):
    typed = {"environment": "staging", "reason": "Why", "version": ""} | fields
    return client.post(reverse("reviews:request_review", args=[prompt.path]), typed)


def finish(client: Client, review, outcome, **fields):
    typed = {"outcome": outcome, "text": "", **shown(review)} | fields
    return client.post(reverse("reviews:finish_review", args=[review.pk]), typed)


def hidden(page: str, name: str) -> str:
    """What a hidden field of the page would post."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


class TestAsking:
    def test_asks_for_what_the_draft_says_now(self, world, prompt):
        edit(prompt, "One", world["author"])

        answer = ask(signed_in(world, "author"), prompt, release_when_approved="on")

        review = Review.objects.get()
        assert (answer.status_code, answer.url) == (302, reverse("pages:review", args=[review.pk]))
        assert (review.release_when_approved, current_round(review).reason) == (True, "Why")

    def test_form_begins_with_the_last_choice_for_this_prompt(self, world, prompt, review):
        client = signed_in(world, "author")
        address = reverse("reviews:request_review", args=[prompt.path])
        first = client.get(address)
        edit(prompt, "Two", world["author"])
        ask(client, prompt, environment="production", release_when_approved="on")

        again = client.get(address)

        assert first.context["form"].initial["environment"] == "production"
        assert first.context["form"].initial["release_when_approved"] is False
        assert again.context["form"].initial["release_when_approved"] is True

    def test_release_when_approved_begins_as_the_rule_of_the_place_says(self, world, prompt):
        address = reverse("reviews:request_review", args=[prompt.path])
        begins = {}
        for place in ("staging", "production"):
            page = signed_in(world, "author").get(f"{address}?environment={place}")
            begins[place] = page.context["form"].initial["release_when_approved"]

        assert begins == {"staging": True, "production": False}

    @pytest.mark.parametrize(
        ("fields", "status", "words"),
        [
            ({"reason": ""}, 422, "This field is required."),
            ({"environment": "development"}, 422, "Choose an environment that needs approvals."),
            ({"version": "1", "environment": "production"}, 409, "is under review for Production"),
            ({"version": "99"}, 404, ""),
        ],
    )
    def test_what_cannot_be_asked_comes_back_with_everything_typed(
        self, world, prompt, review, fields, status, words
    ):
        answer = ask(signed_in(world, "author"), prompt, **({"reason": "My reason"} | fields))

        page = answer.content.decode()
        assert (answer.status_code, words in page) == (status, True)
        assert ("My reason" in page) == (status != 404 and fields.get("reason") != "")

    def test_htmx_gets_the_panel_alone(self, world, prompt):
        address = reverse("reviews:request_review", args=[prompt.path])

        page = signed_in(world, "author").get(address, headers=HTMX).content.decode()

        assert "<html" not in page
        assert 'id="panel"' in page

    @pytest.mark.parametrize(
        ("who", "status"), [("viewer", 403), ("reviewer", 403), ("outsider", 404)]
    )
    def test_who_may_not_ask_is_refused(self, world, prompt, who, status):
        edit(prompt, "One", world["author"])

        assert ask(signed_in(world, who), prompt).status_code == status
        assert Review.objects.count() == 0


class TestFinishing:
    def test_approves_with_words(self, world, review):
        answer = finish(signed_in(world, "reviewer"), review, "approve", text="Reads well")

        assert answer.status_code == 302
        decision = Decision.objects.get()
        assert (decision.kind, decision.reason) == ("approve", "Reads well")

    def test_asks_for_changes_with_a_reason(self, world, review):
        client = signed_in(world, "reviewer")

        without = finish(client, review, "request_changes")
        finish(client, review, "request_changes", text="Too long")

        assert without.status_code == 422
        assert "Say what should change." in without.content.decode()
        assert [d.kind for d in Decision.objects.all()] == ["request_changes"]

    def test_only_comments(self, world, review):
        finish(signed_in(world, "releaser"), review, "comment", text="A thought")

        assert [t.comments.get().body for t in threads_of(review)] == ["A thought"]
        assert Decision.objects.count() == 0

    def test_t32_approval_of_another_text_is_409_and_keeps_the_words(self, world, prompt, review):
        old = current_round(review).version.content_hash
        world.review(prompt, world.version(prompt, "Two"), "production")

        answer = finish(
            signed_in(world, "reviewer"), review, "approve", text="My words", content_hash=old
        )

        page = answer.content.decode()
        assert (answer.status_code, Decision.objects.count()) == (409, 0)
        assert "not the one that you were shown" in page
        assert "My words" in page

    @pytest.mark.parametrize(
        "fields", [{"outcome": "publish"}, {"content_hash": ""}, {"live_revision": ""}]
    )
    def test_form_that_says_something_else_is_refused(self, world, review, fields):
        answer = finish(signed_in(world, "reviewer"), review, **({"outcome": "approve"} | fields))

        assert (answer.status_code, Decision.objects.count()) == (422, 0)

    def test_approval_of_a_page_that_is_compared_with_what_was_live_before_is_409(self, world):
        prompt = world.prompt()
        for words in ("One", "Two"):
            world.put_live(prompt, world.version(prompt, words), "production")
        review = world.review(prompt, world.version(prompt, "Three"), "production")
        client = signed_in(world, "reviewer")
        page = client.get(reverse("pages:review", args=[review.pk])).content.decode()
        typed = {name: hidden(page, name) for name in ("content_hash", "live_revision")}
        move_back(world, prompt)

        answer = finish(client, review, "approve", text="My words", **typed)

        page = answer.content.decode()
        assert (typed["live_revision"], answer.status_code) == ("2", 409)
        assert "Something else went live in Production since you were shown this." in page
        assert "My words" in page
        assert not current_round(review).decisions.exists()

    def test_goes_back_to_the_own_pages_only(self, world, review):
        answer = finish(
            signed_in(world, "reviewer"), review, "approve", next="https://elsewhere.example/"
        )

        assert answer.url == reverse("pages:review", args=[review.pk])


class TestPage:
    def test_reviewer_decides_on_it_and_the_writer_reads_why_not(self, world, review):
        address = reverse("pages:review", args=[review.pk])

        reviewer = signed_in(world, "reviewer").get(address).content.decode()
        author = signed_in(world, "author").get(address).content.decode()

        assert current_round(review).version.content_hash in reviewer
        assert 'name="outcome"' in reviewer
        assert 'name="outcome"' not in author

    @pytest.mark.parametrize("view", ["side", "together", "final", "nonsense"])
    def test_every_view_of_the_differences_is_drawn(self, world, review, view):
        answer = signed_in(world, "reviewer").get(
            reverse("pages:review", args=[review.pk]), {"view": view}
        )

        assert answer.status_code == 200
        assert "data-paths" in answer.content.decode()

    @pytest.mark.parametrize("state", ["approved", "withdrawn", "released", "changes_requested"])
    def test_closed_review_stays_readable(self, world, prompt, review, state):
        client = signed_in(world, "author")
        if state in ("approved", "released"):
            finish(signed_in(world, "reviewer"), review, "approve")
        if state == "changes_requested":
            finish(signed_in(world, "reviewer"), review, "request_changes", text="No")
        if state == "withdrawn":
            client.post(reverse("reviews:withdraw_review", args=[review.pk]), {"reason": "x"})
        if state == "released":
            world.release(prompt, current_round(review).version, "production")
        run_all()

        answer = client.get(reverse("pages:review", args=[review.pk]))

        review.refresh_from_db()
        assert (answer.status_code, review.state) == (200, state)


class TestThreads:
    @pytest.fixture
    def thread(self, world, review):
        return start_thread(review, block_key=None, body="First", actor=world["reviewer"])

    def test_plain_post_goes_back_and_htmx_gets_the_threads(self, world, review):
        client = signed_in(world, "author")
        address = reverse("reviews:start_thread", args=[review.pk])

        plain = client.post(address, {"body": "One"})
        partial = client.post(address, {"body": "Two"}, headers=HTMX).content.decode()

        assert (plain.status_code, plain.url) == (
            302, reverse("pages:review", args=[review.pk]) + "#threads",
        )  # fmt: skip
        assert partial.lstrip().startswith('<section id="threads"')
        assert "One" in partial and "Two" in partial

    @pytest.mark.parametrize("act", ["reply", "resolve", "reopen"])
    def test_acts_on_a_thread(self, world, review, thread, act):
        address = reverse(f"reviews:{act}_thread", args=[thread.pk])

        answer = signed_in(world, "author").post(address, {"body": "Second"})

        assert answer.status_code == 302
        thread.refresh_from_db()
        assert (thread.resolved_at is not None) == (act == "resolve")
        assert thread.comments.count() == (2 if act == "reply" else 1)

    def test_empty_comment_comes_back(self, world, review, thread):
        client = signed_in(world, "author")

        started = client.post(reverse("reviews:start_thread", args=[review.pk]), {"body": " "})
        replied = client.post(reverse("reviews:reply_thread", args=[thread.pk]), {"body": ""})

        assert (started.status_code, replied.status_code) == (422, 422)
        assert len(threads_of(review)) == 1

    def test_thread_of_someone_elses_namespace_is_not_there(self, world, thread):
        address = reverse("reviews:reply_thread", args=[thread.pk])

        assert signed_in(world, "outsider").post(address, {"body": "x"}).status_code == 404
