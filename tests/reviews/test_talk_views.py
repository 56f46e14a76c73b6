"""The pages and answers of conversations and suggestions."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from apps.core.errors import Invalid
from apps.prompts.actions import remove_block
from apps.prompts.models import DraftBlock
from apps.prompts.queries import draft_of
from apps.reviews.actions import start_draft_thread, suggest_in_draft
from apps.reviews.models import Comment, Suggestion, Thread
from apps.teams.rights import people_with
from tests.releases.world import edit

TEXT = "Thank them once.\nName the date."


@pytest.fixture
def draft(world):
    prompt = world.prompt()
    edit(prompt, TEXT, world["author"])
    return draft_of(prompt)


def client(world, who):
    found = Client()
    found.force_login(world[who])
    return found


def pane(draft, **more):
    query = "".join(f"&{name}={value}" for name, value in more.items())
    return reverse("pages:write", args=[draft.prompt.path]) + "?pane=comments" + query


HTMX = {"HX-Request": "true"}


def test_comment_on_words_stands_in_the_pane_and_in_the_editors_marks(world, draft):
    key = draft.blocks.get().key
    address = reverse("reviews:start_draft_thread", args=[draft.prompt.path])
    typed = {
        "block_key": key,
        "quote": "Name the date",
        "body": "Which <one>?",
        "before": "once.\n",
    }

    plain = client(world, "reviewer").post(address, typed)
    htmx = client(world, "reviewer").post(address, typed, headers=HTMX)

    assert plain["Location"].endswith("?pane=comments#threads")
    assert htmx.content.decode().count("<article") == 2
    page = client(world, "author").get(pane(draft)).content.decode()
    assert "Which &lt;one&gt;?" in page
    assert f'data-block="{key}" data-from="17" data-to="30"' in page


def test_refused_comment_is_a_sentence_to_htmx_and_the_form_again_without(world, draft):
    address = reverse("reviews:start_draft_thread", args=[draft.prompt.path])

    htmx = client(world, "author").post(address, {"body": "x" * 10_001}, headers=HTMX)
    plain = client(world, "author").post(address, {"body": "y" * 10_001})

    assert (htmx.status_code, plain.status_code) == (422, 422)
    assert "data-refusal" in htmx.content.decode()
    assert "y" * 10_001 in plain.content.decode()
    assert Thread.objects.count() == 0


def test_lasting_address_leads_to_the_draft_or_the_review(world, draft):
    thread = start_draft_thread(draft, block_key=None, body="Hm", actor=world["author"])

    answer = client(world, "viewer").get(reverse("reviews:thread", args=[thread.pk]))

    assert answer["Location"] == f"{pane(draft)}#thread-{thread.pk}"
    assert client(world, "outsider").get(
        reverse("reviews:thread", args=[thread.pk])
    ).status_code == 404  # fmt: skip


def test_suggestion_from_the_form_to_accepted(world, draft):
    block = draft.blocks.get()
    address = reverse("reviews:suggest_in_draft", args=[draft.prompt.path])
    form = client(world, "reviewer").get(f"{address}?block={block.key}")
    assert form.context["form"]["text"].value() == TEXT
    typed = {
        "block_key": block.key, "revision": block.revision, "body": "Shorter",
        "text": TEXT.replace("Name the", "Give the"),
    }  # fmt: skip
    same = client(world, "reviewer").post(address, {**typed, "text": TEXT})
    assert (same.status_code, Suggestion.objects.count()) == (422, 0)

    client(world, "reviewer").post(address, typed)
    page = client(world, "author").get(pane(draft)).content.decode()
    assert "<del>" in page
    accept = reverse("reviews:accept_suggestion", args=[Suggestion.objects.get().pk])
    assert client(world, "reviewer").post(accept).status_code == 403
    assert client(world, "author").post(accept, headers=HTMX).status_code == 200

    block.refresh_from_db()
    assert block.body == TEXT.replace("Name the", "Give the")
    assert client(world, "author").post(accept, headers=HTMX).status_code == 409


def test_dismissed_suggestion_offers_undo(world, draft):
    block = draft.blocks.get()
    found = suggest_in_draft(
        draft, block_key=block.key, revision=block.revision, text="Hi", actor=world["reviewer"]
    )
    undo = reverse("reviews:reopen_suggestion", args=[found.pk])

    said = client(world, "author").post(
        reverse("reviews:dismiss_suggestion", args=[found.pk]), headers=HTMX
    )

    assert f'action="{undo}"' in said.content.decode()
    client(world, "author").post(undo)
    found.refresh_from_db()
    assert found.state == "open"


def test_who_may_give_access_is_offered_it_and_others_learn_no_name(world, draft):
    by_admin = start_draft_thread(draft, block_key=None, body="@Outsider?", actor=world["admin"])
    start_draft_thread(draft, block_key=None, body="@Outsider and @Ghost?", actor=world["author"])
    comment = by_admin.comments.get()
    give = reverse("reviews:give_access", args=[comment.pk])

    seen = client(world, "author").get(pane(draft)).content.decode()
    assert "Give view access" not in seen
    assert "“@Outsider” is nobody who can see" in seen
    assert "“@Ghost” is nobody who can see" in seen
    assert "Give view access" in client(world, "admin").get(pane(draft)).content.decode()
    assert client(world, "author").post(give, {"person": world["outsider"].pk}).status_code == 403
    client(world, "admin").post(give, {"person": world["outsider"].pk})

    assert world["outsider"].pk in people_with("view", draft.prompt.namespace)
    assert "Give view access" not in client(world, "admin").get(pane(draft)).content.decode()


def test_names_after_an_at_sign(world, draft):
    address = reverse("reviews:mentionable", args=[draft.prompt.path])

    found = client(world, "author").get(address, {"q": "rev"}).json()["names"]

    assert [one["name"] for one in found] == ["Reviewer", "Reviewer2"]
    assert client(world, "author").get(address, {"q": "outs"}).json()["names"] == []
    assert client(world, "viewer").get(address).status_code == 403


def test_own_comment_is_edited_on_its_page(world, draft):
    thread = start_draft_thread(draft, block_key=None, body="Hm", actor=world["author"])
    address = reverse("reviews:edit_comment", args=[thread.comments.get().pk])

    assert client(world, "reviewer").get(address).status_code == 403
    assert "Hm" in client(world, "author").get(address).content.decode()
    client(world, "author").post(address, {"body": "Aha"})

    assert Comment.objects.get().body == "Aha"


def test_draft_thread_on_a_review_answers_with_the_reviews_list(world, draft):
    start_draft_thread(
        draft, block_key=draft.blocks.get().key, quote="Thank them", body="Nice",
        actor=world["author"],
    )  # fmt: skip
    review = world.review(draft.prompt, world.version(draft.prompt, TEXT + " Bye"), "production")
    page = client(world, "reviewer").get(reverse("pages:review", args=[review.pk]))
    assert "Said about the draft" in page.content.decode()
    address = reverse("reviews:reply_thread", args=[Thread.objects.get().pk])

    said = client(world, "reviewer").post(
        f"{address}?review={review.pk}", {"body": "Yes"}, headers=HTMX
    )

    assert f"?review={review.pk}" in said.content.decode()


def test_wording_beside_the_words_answers_the_thread_it_was_written_in(world, draft):
    block = draft.blocks.get()
    thread = start_draft_thread(draft, block_key=block.key, body="Which?", actor=world["author"])
    address = reverse("reviews:suggest_in_draft", args=[draft.prompt.path])
    begin = f"{address}?block={block.key}&thread={thread.pk}"

    beside = client(world, "reviewer").get(begin, headers=HTMX).content.decode()
    assert "<h1" not in beside
    assert f'name="thread" value="{thread.pk}"' in beside
    assert "<h1" in client(world, "reviewer").get(begin).content.decode()
    typed = {"block_key": block.key, "revision": block.revision, "thread": thread.pk}
    said = client(world, "reviewer").post(address, {**typed, "text": "Other."}, headers=HTMX)

    assert 'id="suggestion-' in said.content.decode()
    assert Suggestion.objects.get().comment.thread == thread


def test_wording_for_another_block_than_the_threads_is_refused(world, draft):
    thread = start_draft_thread(draft, block_key=None, body="All of it", actor=world["author"])
    block = draft.blocks.get()

    with pytest.raises(Invalid):
        suggest_in_draft(
            draft, block_key=block.key, revision=block.revision, text="Other.", thread=thread,
            actor=world["reviewer"],
        )  # fmt: skip
    assert Suggestion.objects.count() == 0


def test_wording_for_a_block_under_review_stands_in_the_reviews_thread(world, draft):
    review = world.review(draft.prompt, world.version(draft.prompt, TEXT), "production")
    key = draft.blocks.get().key
    about = {"block_key": key, "body": "Hm"}
    start = reverse("reviews:start_thread", args=[review.pk])
    client(world, "reviewer").post(start, about, headers=HTMX)
    address = reverse("reviews:suggest", args=[review.pk])
    typed = {"block_key": key, "text": TEXT + " Bye.", "thread": Thread.objects.get().pk}

    said = client(world, "reviewer").post(address, typed, headers=HTMX).content.decode()

    assert said.count('<article class="thread"') == 1
    assert "Suggested." in said


@pytest.mark.parametrize("where", ["draft", "review"])
def test_comment_on_a_deleted_block_is_sent_again_about_the_whole_text(world, draft, where):
    if where == "draft":
        address = reverse("reviews:start_draft_thread", args=[draft.prompt.path])
        gone = draft.blocks.get()
        remove_block(gone, actor=world["author"])
    else:
        review = world.review(draft.prompt, world.version(draft.prompt, TEXT), "production")
        address = reverse("reviews:start_thread", args=[review.pk])
        gone = DraftBlock(key=uuid.uuid4())
    typed = {"block_key": gone.key, "quote": "Thank", "before": "a", "after": "b", "body": "Hm"}

    htmx = client(world, "reviewer").post(address, typed, headers=HTMX)
    plain = client(world, "reviewer").post(address, typed)

    assert (htmx.status_code, plain.status_code) == (422, 422)
    assert "data-to-whole" in htmx.content.decode()
    assert "was deleted meanwhile" in plain.content.decode()
    form = plain.context["form"]
    again = {name: form[name].value() for name in ("block_key", "quote", "body")}
    assert again == {"block_key": "", "quote": "", "body": "Hm"}
    client(world, "reviewer").post(address, again)
    assert Thread.objects.get().block_key is None
