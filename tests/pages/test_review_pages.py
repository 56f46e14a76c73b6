"""The page of a review, lists of reviews, the board, home."""

from __future__ import annotations

import re

import pytest

from apps.audit.subscribers import run_all
from apps.notifications.models import InboxItem
from apps.prompts.actions import dismiss_finding
from apps.prompts.queries import draft_of, version_document
from apps.prompts.queries.findings import found_in
from apps.releases.gates import gates
from apps.reviews.actions import start_thread
from tests.pages.test_prompt_pages import make_live, texts
from tests.releases.world import approve, make_world
from tests.standing import begins_with, standing


@begins_with(make_world)
def make_asked(world):
    prompt = make_live(world)
    review = world.review(prompt, world.version(prompt, "Say hello."), "production")
    run_all()
    return review


asked = standing(make_asked)


def open_review(client, review):
    return client.get(f"/reviews/{review.pk}/")


def test_reviewer_sees_why_what_is_missing_and_the_decision(world, asked, signed_in):
    page = open_review(signed_in(world["reviewer"]), asked)

    words = texts(page)
    assert "Reply v2, for Production" in words
    assert "Better words" in words
    assert "Instructions edited, 1 place" in words
    assert "Missing: One approval is missing" in words
    assert 'popovertarget="finish"' in page.content.decode()
    digest = asked.rounds.first().version.content_hash
    assert f'name="content_hash" value="{digest}"' in page.content.decode()


def test_author_sees_the_reason_instead_of_the_decision(world, asked, signed_in):
    page = open_review(signed_in(world["author"]), asked)

    assert "You edited this text since v1 went live, so someone else has to approve it." in texts(
        page
    ).replace("\u00a0", " ") or "needs the right" in texts(page)
    assert 'popovertarget="finish"' not in page.content.decode()
    assert 'name="content_hash"' not in page.content.decode()


def test_releaser_gets_the_release_once_it_is_approved(world, asked, signed_in):
    client = signed_in(world["releaser"])
    assert "/-/release/" not in open_review(client, asked).content.decode()

    approve(asked, world["reviewer"])

    assert (
        "/-/release/?version=2&amp;environment=production"
        in open_review(client, asked).content.decode()
    )


def test_review_of_others_is_not_there(world, asked, signed_in):
    start_thread(asked, block_key=None, body="A secret thought", actor=world["reviewer"])

    refused = open_review(signed_in(world["outsider"]), asked)

    assert refused.status_code == 404
    assert "secret" not in refused.content.decode()


@pytest.mark.parametrize("view", ["side", "together", "final", "nonsense"])
def test_each_view_of_the_differences_opens(world, asked, signed_in, view):
    page = signed_in(world["viewer"]).get(f"/reviews/{asked.pk}/?view={view}")

    marked = re.findall(r'\?view=(\w+)#changes" aria-current="true"', page.content.decode())
    wanted = view if view != "nonsense" else "together"
    # A phone has no room for two columns: it shows these together, and marks that.
    assert marked == (["together", "side"] if wanted == "side" else [wanted])


def test_reviews_are_sorted_by_what_they_ask_of_me(world, asked, signed_in):
    def listed(name, tab):
        page = signed_in(world[name]).get(f"/reviews/?tab={tab}")
        return page.content.decode().count("data-key-open")

    assert [listed("reviewer", tab) for tab in ("waiting", "running", "closed")] == [1, 1, 1]
    assert [listed("viewer", tab) for tab in ("waiting", "running", "closed")] == [0, 1, 1]
    assert [listed("outsider", tab) for tab in ("waiting", "running", "closed")] == [0, 0, 0]


@pytest.mark.parametrize("reviews", [1, 3])
def test_reviews_ask_a_constant_number_of_queries(
    world, signed_in, django_assert_num_queries, reviews
):
    for number in range(reviews):
        prompt = world.prompt(f"reply-{number}")
        world.review(prompt, world.version(prompt, "Two"), "production")
    client = signed_in(world["reviewer"])

    with django_assert_num_queries(19):
        page = client.get("/reviews/")

    assert page.content.decode().count("data-key-open") == reviews


@pytest.mark.parametrize("shape", ["", "table"])
def test_board_offers_only_what_one_may_do(world, asked, signed_in, shape):
    approve(asked, world["reviewer"])

    def offers(name):
        page = signed_in(world[name]).get(f"/releases/?as={shape}").content.decode()
        return ("/-/release/" in page, "/-/roll-back/" in page, "Reply" in page)

    assert offers("releaser") == (True, False, True)
    assert offers("viewer") == (False, False, True)
    assert offers("outsider") == (False, False, False)


@pytest.mark.parametrize("prompts", [1, 3])
def test_board_asks_a_constant_number_of_queries(
    world, signed_in, django_assert_num_queries, prompts
):
    for number in range(prompts):
        prompt = world.prompt(f"reply-{number}")
        world.put_live(prompt, world.version(prompt, "One"), "production")
    client = signed_in(world["releaser"])

    with django_assert_num_queries(23):
        page = client.get("/releases/")

    assert page.content.decode().count('class="card sheet"') == prompts * 2


def test_home_counts_what_needs_me_in_words(world, asked, signed_in):
    page = signed_in(world["reviewer"]).get("/")

    assert "<h1>One thing needs you</h1>" in page.content.decode()
    assert "Author asks you to review Reply v2 for Production" in texts(page)
    assert "<h1>Nothing needs you</h1>" in signed_in(world["viewer"]).get("/").content.decode()


def test_done_takes_the_item_away_with_undo(world, asked, signed_in):
    client = signed_in(world["reviewer"])
    item = InboxItem.objects.get(person=world["reviewer"], review=asked, done_at=None)

    answer = client.post(f"/inbox/{item.pk}/done/", headers={"HX-Request": "true"})

    assert "<h1>Nothing needs you</h1>" in answer.content.decode()
    assert f"/inbox/{item.pk}/undo/" in answer.content.decode()
    client.post(f"/inbox/{item.pk}/undo/")
    assert "<h1>One thing needs you</h1>" in client.get("/").content.decode()


def test_done_without_htmx_goes_back_to_the_list(world, asked, signed_in):
    client = signed_in(world["reviewer"])
    item = InboxItem.objects.get(person=world["reviewer"], review=asked, done_at=None)

    answer = client.post(f"/inbox/{item.pk}/done/", {"next": "/?tab=all"})

    assert (answer.status_code, answer.url) == (302, "/?tab=all")
    assert client.get(f"/inbox/{item.pk}/done/").status_code == 405
    assert signed_in(world["viewer"]).post(f"/inbox/{item.pk}/done/").status_code == 404


def test_continue_shows_what_one_wrote(world, asked, signed_in):
    page = texts(signed_in(world["author"]).get("/"))

    assert "Continue Reply No changes since v2" in page
    assert "Went live this week Reply v1 Production" in page


def test_new_person_is_told_how_to_begin(world, signed_in):
    page = texts(signed_in(world["outsider"]).get("/"))

    assert "Begin with a prompt" in page
    assert "Reply" not in page


@pytest.mark.parametrize("url", ["/", "/prompts/", "/reviews/", "/releases/", "/prompts/new/"])
def test_pages_ask_to_sign_in(world, client, url):
    answer = client.get(url)

    assert (answer.status_code, answer.url) == (302, f"/account/login/?next={url}")


def test_reviewer_reads_what_was_dismissed_and_why_and_it_stops_the_release(world, signed_in):
    prompt = world.prompt()
    version = world.version(prompt, "Sign with AKIAIOSFODNN7EXAMPLE.")
    (found,) = found_in(prompt, version_document(version))
    review = world.review(prompt, version, "production")
    client = signed_in(world["reviewer"])
    assert "dismissed with a reason" not in texts(open_review(client, review))

    why = "It is <b>from the manual</b>"
    dismiss_finding(
        draft_of(prompt), digest=found.digest, reason=why, actor=world["author"]
    )  # fmt: skip

    page = open_review(client, review)
    assert "Found, and dismissed with a reason" in texts(page)
    assert "&lt;b&gt;from the manual&lt;/b&gt;" in page.content.decode()
    assert f"{world['author']} dismissed this" in texts(page)
    assert [gate.open for gate in gates(version, review.environment) if gate.code == "text"] == [
        False
    ]


def test_reviewer_of_another_version_is_not_told_of_what_it_does_not_hold(world, signed_in):
    prompt = world.prompt()
    version = world.version(prompt, "Sign with AKIAIOSFODNN7EXAMPLE.")
    (found,) = found_in(prompt, version_document(version))
    dismiss_finding(draft_of(prompt), digest=found.digest, reason="Known", actor=world["author"])
    review = world.review(prompt, world.version(prompt, "Sign with nothing."), "production")

    page = texts(open_review(signed_in(world["reviewer"]), review))

    assert "dismissed with a reason" not in page
